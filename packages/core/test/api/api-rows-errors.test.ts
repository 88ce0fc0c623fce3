import type { AuthorizedFetchOptions } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { busy, ok, refused } from '../support/api-replies.ts'
import { apiStage } from '../support/api-stage.ts'
import { errorOf } from '../support/scene.ts'

describe('5.6: errors of an API', () => {
  test.each(['Missing/invalid/expired access token', 'The access token expired', ''])(
    '5.6.8: a 401 (%s) makes one refresh and one replay, then it surfaces',
    async (message) => {
      const reply: Reply = message === '' ? { status: 401 } : refused(message)
      const { fetch, url, sent, refreshes } = await apiStage([reply])
      expect((await fetch(url)).status).toBe(401)
      expect(await sent()).toEqual(['token-0', 'token-1'])
      expect(await refreshes()).toBe(1)
    },
  )

  test('5.6.9: a 403 in plain text keeps its status and text where no preset explains it', async () => {
    const { fetch, url } = await apiStage([{ status: 403, text: 'User not registered in the Developer Dashboard' }])
    const response = await fetch(url)
    expect([response.status, await response.text()]).toEqual([403, 'User not registered in the Developer Dashboard'])
  })

  /** Calls the API, and lets each pause pass; returns how long they were. */
  async function patiently(replies: readonly Reply[], retry: AuthorizedFetchOptions['retry']) {
    const stage = await apiStage(replies, { retry })
    const { clock } = stage
    const pauses: number[] = []
    const state = { settled: false }
    const answer = stage.fetch(stage.url).then(({ status }) => status)
    void answer.catch(() => undefined).finally(() => (state.settled = true))
    while (!state.settled) {
      await expect.poll(() => state.settled || clock.waiting > 0).toBe(true)
      const before = clock.now()
      while (clock.waiting > 0) await clock.advance(50)
      if (clock.now() > before) pauses.push(clock.now() - before)
    }
    return { status: await answer, pauses, count: (await stage.requests()).length }
  }

  test.each([
    [2, [busy('50'), busy('50'), ok], 200, 2],
    [1, [busy('50'), ok], 200, 1],
    [1, [busy('50')], 429, 1],
    [0, [busy('50'), ok], 429, 0],
  ])('5.6.10: Retry-After: 50 with a limit of %i', async (limit, replies, status, pauses) => {
    const result = await patiently(replies, { limit })
    expect(result).toMatchObject({ status, count: pauses + 1 })
    expect(result.pauses).toHaveLength(pauses)
    for (const pause of result.pauses) {
      expect(pause).toBeGreaterThanOrEqual(50_000)
      expect(pause).toBeLessThanOrEqual(55_050)
    }
  })

  test('5.6.10: a custom policy counts as it likes', async () => {
    let others = 0
    const result = await patiently([busy('50'), busy('50'), busy('50'), ok], ({ response, retryAfter }) =>
      response.status === 429 || others++ < 1 ? retryAfter : undefined,
    )
    expect(result).toMatchObject({ status: 200, count: 4, pauses: [50_000, 50_000, 50_000] })
  })

  test.each<[string, AuthorizedFetchOptions['retry']]>([
    ['options', { limit: 10, statuses: [502] }],
    ['a policy', ({ response, attempt }) => (response.status === 502 && attempt <= 10 ? 0.05 : undefined)],
  ])('5.6.11: an API that always responds with 502 gets ten more requests: %s', async (_, retry) => {
    expect(await patiently([{ status: 502 }], retry)).toMatchObject({ status: 502, count: 11 })
  })

  test('5.6.12: a 200 is not asked for again', async () => {
    expect(await patiently([ok], { limit: 10, statuses: [200, 429] })).toMatchObject({ status: 200, count: 1 })
  })

  test('5.6.13: an abort ends a pause of five seconds at once', async () => {
    const { fetch, url, clock, requests } = await apiStage([busy('5'), ok], { retry: {} })
    const controller = new AbortController()
    const pending = fetch(url, { signal: controller.signal })
    await expect.poll(() => clock.waiting).toBe(1)
    controller.abort()
    await expect(pending).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }))
    expect(clock.waiting).toBe(0)
    expect(await requests()).toHaveLength(1)
  })

  test.each([undefined, 'soon', '-1', '1e9', ''])('5.6.14: a Retry-After of "%s" breaks nothing', async (after) => {
    expect(await patiently([busy(after), ok], {})).toMatchObject({ status: 200, count: 2 })
  })

  test('5.6.14: 86400 is above the cap: an error with the seconds, and no pause', async () => {
    const { fetch, url, clock, requests } = await apiStage([busy('86400')], { retry: {} })
    expect(await errorOf(fetch(url))).toMatchObject({ code: 'rate_limited', retryAfter: 86_400 })
    expect(clock.waiting).toBe(0)
    expect(await requests()).toHaveLength(1)
  })
})
