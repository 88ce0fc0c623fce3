import type { AuthorizedFetchOptions } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { ok } from '../support/api-replies.ts'
import { stage } from '../support/call-stage.ts'
import { errorOf } from '../support/scene.ts'

describe('an API that is busy', () => {
  const busy = (after?: string, status = 429): Reply => ({
    status,
    headers: after === undefined ? {} : { 'retry-after': after },
    text: 'Too many requests',
  })

  test.each([429, 503])('E-41: %i comes back as it is, unless waiting was asked for', async (status) => {
    const { fetch, url, requests } = await stage([busy('1', status), ok])
    expect((await fetch(url)).status).toBe(status)
    expect(await requests()).toHaveLength(1)
  })

  async function waiting(api: readonly Reply[], retry: AuthorizedFetchOptions['retry'], init?: RequestInit) {
    const all = await stage(api, { retry })
    const pending = all.fetch(all.url, init)
    pending.catch(() => undefined)
    const pauses: number[] = []
    const pass = async (ms: number) => {
      await expect.poll(() => all.clock.waiting).toBe(1)
      pauses.push(ms)
      await all.clock.advance(ms)
    }
    return { ...all, pending, pass }
  }

  test('5.6: Retry-After: 50 is waited for, a little longer at most, twice', async () => {
    const { pending, pass, requests, clock } = await waiting([busy('50'), busy('50'), ok], { limit: 2 })
    await expect.poll(() => clock.waiting).toBe(1)
    await clock.advance(49_999)
    expect(await requests()).toHaveLength(1)
    await pass(5001)
    await pass(55_000)
    expect((await pending).status).toBe(200)
    expect(await requests()).toHaveLength(3)
  })

  test('the limit is kept, and the last response comes back', async () => {
    const { pending, pass, requests } = await waiting([busy('1')], { limit: 1 })
    await pass(1100)
    expect((await pending).status).toBe(429)
    expect(await requests()).toHaveLength(2)
  })

  test('5.6: a date is understood', async () => {
    const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000).toUTCString()
    const { pending, pass } = await waiting([busy(at(10)), ok], {})
    await pass(11_000)
    expect((await pending).status).toBe(200)
  })

  test('5.6: without Retry-After the pause doubles', async () => {
    const { pending, pass, requests } = await waiting([busy(), busy(), ok], {})
    await pass(1100)
    await pass(2200)
    expect((await pending).status).toBe(200)
    expect(await requests()).toHaveLength(3)
  })

  test('A64: above the cap it rejects at once with the seconds', async () => {
    const { fetch, url, requests } = await stage([busy('86400')], { retry: { longestWait: 60 } })
    expect(await errorOf(fetch(url))).toMatchObject({
      code: 'rate_limited',
      action: 'retry',
      status: 429,
      retryAfter: 86_400,
    })
    expect(await requests()).toHaveLength(1)
  })

  test('5.6: an abort ends the pause at once', async () => {
    const controller = new AbortController()
    const { pending, clock } = await waiting([busy('50')], {}, { signal: controller.signal })
    await expect.poll(() => clock.waiting).toBe(1)
    controller.abort(new Error('navigated away'))
    await expect(pending).rejects.toThrow('navigated away')
  })

  test('5.7: tokens are re-read on every attempt', async () => {
    const { pending, pass, sent } = await waiting([busy('50'), ok], {})
    await pass(3_600_000)
    expect((await pending).status).toBe(200)
    expect(await sent()).toEqual(['token 0', 'token 1'])
  })

  test('503 to a POST is not sent again without the server’s word', async () => {
    const { fetch, url, requests } = await stage([busy(undefined, 503), ok], { retry: {} })
    expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(503)
    expect(await requests()).toHaveLength(1)
  })

  test('E-65: a custom policy decides', async () => {
    const asked: number[] = []
    const { pending, pass, requests } = await waiting(
      [{ status: 502 }, { status: 502 }, ok],
      ({ response, attempt }) => {
        asked.push(attempt)
        return response.status === 502 ? 3 : undefined
      },
    )
    await pass(3000)
    await pass(3000)
    expect((await pending).status).toBe(200)
    expect(asked).toEqual([1, 2])
    expect(await requests()).toHaveLength(3)
  })
})
