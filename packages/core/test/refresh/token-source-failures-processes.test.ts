import { describe, expect, test } from 'vitest'
import { fleet, hour, late } from '../support/fleet.ts'
import { errorOf } from '../support/scene.ts'

describe('a process dies', () => {
  test('row 1: before it has written down that it refreshes: the next one does', async () => {
    const { server, start, settle } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached } = first.stopAt('acquire', 'after')
    void first.tokens.token()
    await reached
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 2: after that, before it has sent anything: the same refresh token still works', async () => {
    const { server, start, settle, clock } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached } = first.stopAt('compareAndSet', 'after')
    void first.tokens.token()
    await reached
    const before = clock.now()
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
    expect(clock.now() - before).toBeGreaterThanOrEqual(15_000) // until its deadline, it might have been sending
    expect(clock.now() - before).toBeLessThan(40_000)
  })

  test('row 3: after the response, before it is stored: a server with a grace accepts the same token again', async () => {
    const { server, start, settle } = await late('grace')
    const [first, second] = [start(), start()]
    const { reached } = first.stopAt('compareAndSet', 'before', 2)
    void first.tokens.token()
    await reached
    expect((await settle(second.tokens.token())).accessToken).toBe('at-2')
    expect(server.used).toEqual(['rt-0', 'rt-0'])
    expect((await second.tokens.peek())?.refreshToken).toBe(server.refreshToken)
  })

  test('row 3: and a strict one makes the user log in again, which is said once', async () => {
    const { start, settle } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached } = first.stopAt('compareAndSet', 'before', 2)
    void first.tokens.token()
    await reached
    expect((await settle(errorOf(second.tokens.token()))).code).toBe('reauthorization_required')
    expect((await settle(errorOf(second.tokens.token()))).code).toBe('reauthorization_required')
    expect(second.events).toMatchObject([{ type: 'reauthorization_required', cause: 'lost_after_rotation' }])
    expect((await second.tokens.peek())?.refreshToken).toBe('rt-0') // marked, and kept
  })
})

describe('a process is slow', () => {
  test('row 4: a request that outlasts its lease: the others wait for its note, and it still writes its result', async () => {
    const { server, start, settle, clock, store } = await fleet('strict')
    const [first, second] = [start(), start()]
    await second.tokens.token()
    await clock.advance(hour)
    const { reached, resume } = first.stopAt('compareAndSet', 'before', 2) // it has the response
    const slow = first.tokens.token()
    await reached
    expect(await store.acquire('user:42', 'another', 1), 'whether another gets the lease').toBe(false)
    await clock.advance(14_000)
    const waiting = second.tokens.token()
    resume()
    expect((await settle(waiting)).accessToken).toBe('at-1')
    expect((await settle(slow)).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
    expect(second.types()).toEqual(['reused'])
  })

  test('row 5: one that slept before it sent does not send', async () => {
    const { server, start, settle, clock } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached, resume } = first.stopAt('compareAndSet', 'after')
    const asleep = first.tokens.token()
    await reached
    await clock.advance(60_000)
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    resume()
    expect((await settle(asleep)).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
    expect(server.reuses).toBe(0)
  })

  test('row 6: one that slept with the response stores it, even without its lease', async () => {
    const { server, start, settle, clock } = await late('grace')
    const [first, second] = [start(), start()]
    const { reached, resume } = first.stopAt('compareAndSet', 'before', 2)
    const asleep = first.tokens.token()
    await reached
    await clock.advance(60_000)
    resume()
    expect((await settle(asleep)).accessToken).toBe('at-1')
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 6: of two responses to the same refresh token, the younger stays', async () => {
    const { server, start, settle, clock } = await late('grace')
    const [first, second] = [start(), start()]
    const { reached, resume } = first.stopAt('compareAndSet', 'before', 2)
    const asleep = first.tokens.token()
    await reached
    await clock.advance(60_000)
    expect((await settle(second.tokens.token())).accessToken).toBe('at-2')
    resume()
    expect((await settle(asleep)).accessToken).toBe('at-2')
    expect((await second.tokens.peek())?.refreshToken).toBe(server.refreshToken)
  })
})

describe('the clock of a process is wrong', () => {
  test('row 10: leases and deadlines follow the clock of the store', async () => {
    const { server, start, settle, store, clock } = await late('strict')
    const [first, second] = [start(), start()]
    Object.assign(store, { now: async () => clock.now() - 10 * 24 * hour }) // the store lives ten days ago
    const { reached } = first.stopAt('compareAndSet', 'after')
    void first.tokens.token()
    await reached
    expect((await settle(second.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })
})
