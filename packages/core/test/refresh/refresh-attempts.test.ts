import { GrantError, memoryStore, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import type { Coordination, Good } from '../../src/refresh/coordination.ts'
import { RefreshCoordinator } from '../../src/refresh/refresh-coordinator.ts'
import { serialise } from '../../src/refresh/record-json.ts'
import { firstRecord, newRecord, refreshTokenOf, type TokenRecord, tokenOf } from '../../src/refresh/token-record.ts'
import { someTime } from '../support/clock.ts'
import { key, login, obtained, over, place, process, timings } from '../support/coordination.ts'
import { deferred } from '../support/deferred.ts'
import { errorOf } from '../support/scene.ts'

/** Any token but that of the login will do. */
const newer: Good = (record) => {
  const token = record?.state === 'live' ? tokenOf(record, '') : undefined
  return token?.accessToken === 'at-0' ? undefined : token
}
const whole = { name: '' }
const run = (coordination: Coordination, holder = 'me', good = newer) =>
  new RefreshCoordinator(coordination, holder).run(whole, good)
const rejecting = (error: unknown) => (): Promise<never> => Promise.reject(error)

describe('while a token is requested', () => {
  test('the record says who does, which attempt it is, and until when; afterwards it says nothing', async () => {
    const { coordination, stored } = await process()
    let noted: TokenRecord | undefined
    const obtain = async (...[current]: Parameters<Coordination['obtain']>) => {
      noted = await stored()
      expect((current as Token).refreshToken).toBe('rt-0')
      return obtained('at-1', 'rt-1')
    }
    const { token, final } = await run({ ...coordination, obtain })
    expect(noted?.intent).toEqual({ holder: 'me', attempt: 1, at: someTime, deadline: someTime + 15_000 })
    expect([token.accessToken, final]).toEqual(['at-1', true])
    const after = await stored()
    expect(after).toMatchObject({ generation: 2, attempt: 1 })
    expect(after?.intent).toBeUndefined()
    const { obtainedAt = 0, storedAt } = after?.tokens[''] ?? {}
    expect(obtainedAt).toBeGreaterThan(someTime) // when the response came
    expect(storedAt).toBe(obtainedAt)
  })

  test('the lease is renewed each third of its length, and is given back', async () => {
    const { coordination, memory, clock } = await process()
    const renewed: number[] = []
    const answer = deferred<Awaited<ReturnType<Coordination['obtain']>>>()
    const store = over(memory, {
      renew: async (at, owner, ttl) => {
        renewed.push(clock.now() - someTime)
        expect([at, owner, ttl]).toEqual([key, 'me', timings.lease])
        if (renewed.length === 4) answer.resolve(obtained('at-1', 'rt-1'))
        return memory.renew(at, owner, ttl)
      },
    })
    await run({ ...coordination, store, obtain: () => answer.promise })
    expect(renewed.slice(0, 4).map(Math.round)).toEqual([0, 5667, 11_333, 17_000])
    const { length } = renewed
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 0))
    expect(renewed.length).toBeLessThanOrEqual(length + 1)
    expect(await memory.acquire(key, 'another', 1)).toBe(true)
  })

  test('a refresh token that came alone is used', async () => {
    const { coordination, memory, stored } = await process()
    await memory.compareAndSet(key, 1, { value: serialise(newRecord(place, 'rt-seed')) })
    const used: unknown[] = []
    const obtain = async (current: unknown) => {
      used.push(current)
      return obtained('at-1', 'rt-1')
    }
    await run({ ...coordination, obtain }, 'me', (record) => tokenOf(record, ''))
    expect([used, refreshTokenOf(await stored())]).toEqual([['rt-seed'], 'rt-1'])
  })

  test('a grant that can be asked again needs no record', async () => {
    const { coordination, clock, stored } = await process()
    const store = memoryStore({ clock })
    const used: unknown[] = []
    const obtain = async (current: unknown) => {
      used.push(current)
      return obtained('at-1', 'rt-1')
    }
    await run({ ...coordination, store, obtain, askable: true }, 'me', (record) => tokenOf(record, ''))
    expect(used).toEqual([undefined])
    expect(await stored(store)).toMatchObject({
      ...place,
      generation: 1,
      tokens: { '': { token: { accessToken: 'at-1' } } },
    })
  })
})

describe('nothing is sent', () => {
  /** A process whose store is as told for the first attempt, and how often it has sent. */
  async function hindered(hinder: (all: Awaited<ReturnType<typeof process>>) => Partial<Coordination['store']>) {
    const all = await process()
    let sent = 0
    const obtain = async () => {
      sent += 1
      return obtained('at-1', 'rt-1')
    }
    const store = over(all.memory, hinder(all))
    return {
      ...all,
      sent: () => sent,
      tryOnce: () => new RefreshCoordinator({ ...all.coordination, store, obtain }, 'me').tryOnce(whole, newer),
    }
  }

  test('without the lease', async () => {
    const { memory, sent, tryOnce, stored, record } = await hindered(() => ({}))
    await memory.acquire(key, 'another', 1000)
    await tryOnce()
    expect([sent(), await stored()]).toEqual([0, JSON.parse(serialise(record))])
  })

  test.each<[string, (all: Awaited<ReturnType<typeof process>>) => Partial<Coordination['store']>]>([
    ['once the lease is lost', () => ({ renew: async () => false })],
    [
      'less than a request before its deadline',
      ({ memory, clock }) => ({
        renew: async (...input) => {
          clock.jump(5000)
          return memory.renew(...input)
        },
      }),
    ],
  ])('%s, and the note of it is taken back', async (_, hinder) => {
    const { sent, tryOnce, stored } = await hindered(hinder)
    await tryOnce()
    expect(sent()).toBe(0)
    expect((await stored())?.intent).toBeUndefined()
  })

  test('when there is just less time than a request takes, and with a millisecond more it is', async () => {
    const { sent, tryOnce } = await hindered(({ memory, clock }) => ({
      renew: async (...input) => {
        clock.jump(4999)
        return memory.renew(...input)
      },
    }))
    await tryOnce()
    expect(sent()).toBe(1)
  })

  test('where somebody has written meanwhile, and theirs stays', async () => {
    const { sent, tryOnce, stored } = await hindered(({ memory }) => ({
      renew: async (...input) => {
        const { version = 0 } = (await memory.read(key)) ?? {}
        await memory.compareAndSet(key, version, { value: serialise(newRecord(place, 'rt-login')) })
        return memory.renew(...input)
      },
    }))
    await tryOnce()
    expect(sent()).toBe(0)
    expect((await stored())?.seed).toBe('rt-login')
  })

  test('while another may be sending without its lease, until the time that it has noted', async () => {
    const { sent, tryOnce, memory, record, clock } = await hindered(() => ({}))
    const intent = { holder: 'another', attempt: 1, at: someTime, deadline: someTime + 15_000 }
    await memory.compareAndSet(key, 1, { value: serialise({ ...record, intent }) })
    await tryOnce()
    expect(sent()).toBe(0)
    clock.jump(15_000)
    await tryOnce()
    expect(sent()).toBe(1)
  })

  test('where the store has lost the record meanwhile', async () => {
    const { sent, tryOnce } = await hindered(({ memory, stored }) => ({
      read: async (at) => ((await stored())?.intent ? undefined : memory.read(at)),
    }))
    await tryOnce()
    expect(sent()).toBe(0)
  })

  test('where another has refreshed before the lease was taken', async () => {
    const { sent, tryOnce } = await hindered(({ memory }) => ({
      acquire: async (...input) => {
        const record = firstRecord(place, { token: login.with({ accessToken: 'at-9' }), obtainedAt: someTime })
        await memory.compareAndSet(key, 1, { value: serialise(record) })
        return memory.acquire(...input)
      },
    }))
    await tryOnce()
    expect(sent()).toBe(0)
  })
})

describe('whoever waits for another process', () => {
  test('looks again after pauses that grow to a quarter of a second, and gives up in the end', async () => {
    const { coordination, memory, clock } = await process()
    await memory.acquire(key, 'another', 3_600_000)
    const error = await errorOf(run(coordination))
    expect(error).toMatchObject({ code: 'timeout', action: 'retry' })
    expect(error.message).toBe('another process has been refreshing this token for too long')
    expect(clock.slept.slice(0, 9).map(Math.round)).toEqual([20, 30, 45, 68, 101, 152, 228, 250, 250])
    const waited = clock.slept.reduce((sum, ms) => sum + ms, 0)
    expect(waited).toBeGreaterThan(timings.lease + timings.request)
    expect(waited - 250).toBeLessThanOrEqual(timings.lease + timings.request)
  })

  test.each([
    [0, 10],
    [1, 30],
  ])('pauses for half as long, or half as long again: %d', async (random, pause) => {
    const { coordination, memory, clock } = await process({ random: () => random })
    await memory.acquire(key, 'another', 1)
    await run(coordination)
    expect(clock.slept[0]).toBe(pause)
  })

  test('gets what the other has stored, and knows that a later one may be better', async () => {
    const { coordination, memory } = await process()
    const record = firstRecord(place, { token: login.with({ accessToken: 'at-9' }), obtainedAt: someTime })
    await memory.compareAndSet(key, 1, { value: serialise(record) })
    expect(await run(coordination)).toMatchObject({ token: { accessToken: 'at-9' }, final: false })
  })
})

describe('a response with a new refresh token and an ID token', () => {
  test('is written down before the ID token is verified', async () => {
    const { coordination, stored, memory } = await process()
    const seen: (string | undefined)[] = []
    const verify = async () => {
      const record = await stored()
      seen.push(refreshTokenOf(record), record?.tokens['']?.token.accessToken)
    }
    await run({ ...coordination, obtain: async () => obtained('at-1', 'rt-1', verify) })
    expect(seen).toEqual(['rt-1', 'at-0'])
    expect((await memory.read(key))?.version).toBe(4)
    expect(await stored()).toMatchObject({ tokens: { '': { token: { accessToken: 'at-1', refreshToken: 'rt-1' } } } })
  })

  test.each<[string, ReturnType<typeof obtained>]>([
    ['it has no ID token', obtained('at-1', 'rt-1')],
    ['its refresh token is the one before', obtained('at-1', 'rt-0', async () => undefined)],
    ['it has no refresh token', obtained('at-1', undefined, async () => undefined)],
  ])('is written once, where %s', async (_, exchange) => {
    const { coordination, memory } = await process()
    await run({ ...coordination, obtain: async () => exchange })
    expect((await memory.read(key))?.version).toBe(3) // the login, the note, and the response
  })

  test('keeps the new refresh token, and the pause, where the ID token is refused or its keys are away', async () => {
    for (const error of [
      new GrantError('id_token_invalid', 'of another user'),
      new GrantError('network_error', 'away'),
    ]) {
      const { coordination, stored } = await process()
      const obtain = async () => obtained('at-1', 'rt-1', rejecting(error))
      expect((await errorOf(run({ ...coordination, obtain }))).code).toBe(error.code)
      const record = await stored()
      expect([refreshTokenOf(record), record?.intent]).toEqual(['rt-1', undefined])
      const { code, count, at = 0, until = 0 } = record?.failure ?? {}
      expect([code, count, until - at]).toEqual([error.code, 1, 1000])
    }
  })

  test('leaves no pause where only the application can help, and no note where its refresh token is the one before', async () => {
    const misconfigured = new GrantError('id_token_invalid', 'no keys there', { action: 'fix_configuration' })
    const first = await process()
    await errorOf(
      run({ ...first.coordination, obtain: async () => obtained('at-1', 'rt-1', rejecting(misconfigured)) }),
    )
    expect((await first.stored())?.failure).toBeUndefined()
    const away = new GrantError('network_error', 'away')
    const second = await process()
    await errorOf(run({ ...second.coordination, obtain: async () => obtained('at-1', 'rt-0', rejecting(away)) }))
    expect(await second.stored()).toMatchObject({ failure: { code: 'network_error' } })
    expect((await second.stored())?.intent).toBeUndefined() // its response is here
  })

  test('that the store does not accept is not a failed refresh: it is written as soon as the store is back', async () => {
    const { coordination, memory, stored } = await process()
    let failures = 0
    const compareAndSet: typeof memory.compareAndSet = async (at, expected, write) => {
      if (write.value?.includes('at-1') && failures++ < 9) throw new GrantError('store_failed', 'away')
      return memory.compareAndSet(at, expected, write)
    }
    const obtain = async () => obtained('at-1', 'rt-0', async () => undefined)
    const failed = await errorOf(run({ ...coordination, store: over(memory, { compareAndSet }), obtain }))
    expect(failed.code).toBe('store_failed')
    await expect.poll(async () => (await stored())?.tokens['']?.token.accessToken).toBe('at-1')
    expect((await memory.read(key))?.version).toBe(3)
  })

  test('for a resource is handed out as it is stored: without the refresh token of the grant', async () => {
    const { coordination } = await process()
    const coordinator = new RefreshCoordinator(coordination, 'me')
    const { token } = await coordinator.run({ name: 'api' }, (record) => tokenOf(record, 'api'))
    expect([token.accessToken, token.refreshToken]).toEqual(['at-1', undefined])
  })

  test('that meets a mistake of ours, or a store that is away, ends as that does', async () => {
    const { coordination, stored } = await process()
    const obtain = async () => obtained('at-1', 'rt-1', rejecting(new TypeError('a mistake')))
    await expect(run({ ...coordination, obtain })).rejects.toThrow('a mistake')
    expect((await stored())?.failure).toBeUndefined()
  })
})
