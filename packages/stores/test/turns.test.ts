import { fileStore } from '@grantkit/stores/file'
import { postgresStore } from '@grantkit/stores/postgres'
import { expect, onTestFinished, test } from 'vitest'
import { Turns } from '../src/shared/turns.ts'
import { temporary } from './support/temporary.ts'

test('an urgent step goes before waiting ones, and none waits forever', async () => {
  const turns = new Turns(1)
  const ran: string[] = []
  const run = (name: string, urgent: boolean) => turns.run(async () => void ran.push(name), { urgent })
  const first = turns.run(() => Promise.resolve())
  const others = ['a', 'b', 'c'].map((name) => run(name, false))
  const urgent = Array.from({ length: 20 }, (_, index) => run(String(index), true))
  expect(turns.waiting).toBe(23)
  await Promise.all([first, ...others, ...urgent])
  const expected = '0 1 2 3 4 5 6 7 a 8 9 10 11 12 13 14 15 b 16 17 18 19 c'
  expect(ran.join(' ')).toBe(expected)
  expect(turns.waiting).toBe(0)
})

test('a limited number of steps run at a time, and a failed step does not block the others', async () => {
  const turns = new Turns(3)
  let [running, most] = [0, 0]
  const step = async () => {
    most = Math.max(most, (running += 1))
    await new Promise((resolve) => setImmediate(resolve))
    running -= 1
    throw new Error('failed')
  }
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => turns.run(step)))
  expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true)
  expect(most).toBe(3)
})

test('a file store writes a value before it acquires leases that were requested earlier', async () => {
  const store = fileStore({ path: `${await temporary()}/tokens` })
  onTestFinished(() => store.close())
  await store.compareAndSet('user:42', 0, { value: 'first' })
  const ended: string[] = []
  const leases = Array.from({ length: 20 }, async (_, index) => {
    await store.acquire(`user:${index}`, 'a', 60_000)
    ended.push('lease')
  })
  const write = store.compareAndSet('user:42', 1, { value: 'rotated' }).then(() => ended.push('write'))
  await Promise.all([...leases, write])
  expect(ended.indexOf('write')).toBe(1) // one lease was already being acquired
})

test('a PostgreSQL store sends a write before statements that wait for a connection', async () => {
  const sent: string[] = []
  const query = async (text: string) => {
    sent.push(/^\s*(?:WITH written AS \()?(\w+)/.exec(text)?.[1] ?? '')
    await new Promise((resolve) => setImmediate(resolve))
    return { rows: [{ version: 1, value: null, done: true }] }
  }
  const store = postgresStore({ pool: { query, options: { max: 3 } } })
  const reads = Array.from({ length: 20 }, (_, index) => store.read(`user:${index}`))
  const write = store.compareAndSet('user:42', 1, { value: 'rotated' })
  const forgetting = store.compareAndSet('user:43', 1, {})
  await Promise.all([...reads, write, forgetting])
  expect(sent.indexOf('UPDATE')).toBe(3)
  expect(sent.lastIndexOf('UPDATE')).toBe(21)
})
