import { memoryStore } from '@grantkit/core'
import { expect, test, vi } from 'vitest'
import { late } from '../support/fleet.ts'

test('a logout leaves nothing in escrow, whatever was looked at before', async () => {
  const { start, settle } = await late('strict')
  const escrow = memoryStore()
  const process = start({ escrow })
  await process.tokens.peek()
  const { reached, resume } = process.stopAt('compareAndSet', 'before', 2)
  const pending = process.tokens.token()
  await reached
  process.failing = true
  resume()
  await settle(pending)
  expect((await escrow.read('user:42'))?.value).toContain('rt-1')
  process.failing = false
  await process.tokens.clear()
  expect((await escrow.read('user:42'))?.value).toBeUndefined()
})

test('a logout leaves nothing in escrow, although another process writes there at the same moment', async () => {
  const { start } = await late('strict')
  const escrow = memoryStore()
  const write = escrow.compareAndSet.bind(escrow)
  await write('user:42', 0, { value: 'canary-first' })
  vi.spyOn(escrow, 'compareAndSet').mockImplementationOnce(async (key, version, change) => {
    await write(key, version, { value: 'canary-second' })
    return write(key, version, change)
  })
  await start({ escrow }).tokens.clear()
  expect((await escrow.read('user:42'))?.value).toBeUndefined()
})
