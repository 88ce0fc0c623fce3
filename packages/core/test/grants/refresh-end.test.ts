import { Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { deviant, now } from '../support/deviant.ts'
import { goodToken } from '../support/scene.ts'

const day = 24 * 60 * 60
const first = { json: { ...goodToken, refresh_token: 'canary-refresh' } }

/** A token of a login, and of a refresh of one that is ten days old; when each says that its refresh token ends, in days from now. */
async function ends(refreshToken: object, refreshed: object = {}) {
  const { login, provider } = await deviant({ refreshToken }, [first, { json: { ...goodToken, ...refreshed } }])
  const token = await login()
  const authorizedAt = now - 10 * day * 1000
  const old = token.with({ authorizedAt, refreshExpiresAt: token.refreshExpiresAt && token.refreshExpiresAt - 5000 })
  const fresh = await provider.grant(Refresh).requestToken(old)
  return [token, fresh].map(({ refreshExpiresAt: end }) => end && (end - now) / (day * 1000))
}

describe('a refresh token expires', () => {
  test('when the provider ends the grant, however often it is refreshed', async () => {
    expect(await ends({ absoluteLifetime: 180 * day })).toEqual([180, 170])
  })

  test('when nobody uses it for so long, and a refresh uses it', async () => {
    expect(await ends({ idleLifetime: 90 * day })).toEqual([90, 90])
    expect(await ends({ idleLifetime: 90 * day }, { refresh_token: 'canary-next' })).toEqual([90, 90])
  })

  test('at whichever of both comes first', async () => {
    expect(await ends({ idleLifetime: 90 * day, absoluteLifetime: 95 * day })).toEqual([90, 85])
    expect(await ends({ idleLifetime: 90 * day, absoluteLifetime: 365 * day })).toEqual([90, 90])
  })

  test('when its response says so, but not after the grant', async () => {
    expect(await ends({ idleLifetime: 90 * day }, { refresh_token_expires_in: 7 * day })).toEqual([90, 7])
    expect(await ends({ absoluteLifetime: 15 * day }, { refresh_token_expires_in: 7 * day })).toEqual([15, 5])
  })

  test('at a time that nobody knows, where nothing says it', async () => {
    expect(await ends({})).toEqual([undefined, undefined])
  })

  test('from now on, where only its value is known', async () => {
    const { provider } = await deviant({ refreshToken: { idleLifetime: day, absoluteLifetime: 2 * day } })
    const { refreshExpiresAt } = await provider.grant(Refresh).requestToken('canary-refresh')
    expect(refreshExpiresAt).toBe(now + day * 1000)
    const known = Token.from({ accessToken: 'canary', refreshToken: 'canary-refresh', refreshExpiresAt: now + 5 })
    expect((await provider.grant(Refresh).requestToken(known)).refreshExpiresAt).toBe(now + day * 1000)
  })
})
