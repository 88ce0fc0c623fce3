import { ClientCredentials, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { someTime } from '../support/clock.ts'
import { hour, late } from '../support/fleet.ts'
import { errorOf } from '../support/scene.ts'
import { json } from '../support/simulated-server.ts'

describe('somebody else acts meanwhile', () => {
  test('row 15: a caller who gives up does not stop the refresh', async () => {
    const { server, start, settle } = await late('strict')
    const process = start()
    const { reached, resume } = process.stopAt('compareAndSet', 'before', 2)
    const controller = new AbortController()
    const aborted = errorOf(process.tokens.token({ signal: controller.signal }))
    await reached
    controller.abort()
    expect((await aborted).code).toBe('aborted')
    resume()
    expect((await settle(process.tokens.token())).accessToken).toBe('at-1')
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 17: a user who logs in again during a refresh keeps the new login', async () => {
    const { start, settle } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached, resume } = first.stopAt('compareAndSet', 'before', 2)
    const pending = first.tokens.token()
    await reached
    await second.tokens.save(
      Token.from({ accessToken: 'new-login', refreshToken: 'rt-new', expiresAt: someTime + 10 * hour }),
    )
    resume()
    expect((await settle(pending)).accessToken).toBe('new-login')
    expect((await second.tokens.peek())?.refreshToken).toBe('rt-new')
  })

  test('row 18: a user who logs out during a refresh is logged out, and what came is revoked', async () => {
    const { server, start, settle } = await late('strict')
    const [first, second] = [start(), start()]
    const { reached, resume } = first.stopAt('compareAndSet', 'before', 2)
    const pending = errorOf(first.tokens.token())
    await reached
    await second.tokens.clear()
    resume()
    expect((await settle(pending)).code).toBe('reauthorization_required')
    expect(await second.tokens.peek()).toBeUndefined()
    await expect.poll(() => server.revocations).toContain('rt-1')
  })

  test('row 19: a fleet that wakes at once makes one request', async () => {
    const { server, start, settle } = await late('strict')
    const processes = Array.from({ length: 20 }, () => start())
    const tokens = await settle(Promise.all(processes.map((process) => process.tokens.token())))
    expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['at-1']))
    expect(server.used).toEqual(['rt-0'])
  })

  test('row 20: a response without a refresh token keeps the old one', async () => {
    const { server, start, settle, clock } = await late('static')
    const process = start()
    await settle(process.tokens.token())
    expect((await process.tokens.peek())?.refreshToken).toBe('rt-0')
    await clock.advance(hour)
    expect((await settle(process.tokens.token())).accessToken).toBe('at-2')
    expect(server.used).toEqual(['rt-0', 'rt-0'])
  })
})

test('a fleet of client credentials shares one token', async () => {
  const { server, start, settle } = await late('static')
  server.faults.push(json({ access_token: 'shared', token_type: 'Bearer', expires_in: 3600 }, 200))
  const processes = Array.from({ length: 5 }, () => start({ key: 'client', grant: ClientCredentials }))
  const tokens = await settle(Promise.all(processes.map((process) => process.tokens.token())))
  expect(new Set(tokens.map(({ accessToken }) => accessToken))).toEqual(new Set(['shared']))
  expect(server.used).toHaveLength(1)
})
