import { Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { deviant, now } from '../support/deviant.ts'
import { errorOf, goodToken } from '../support/scene.ts'

const day = 24 * 60 * 60
const refused = { status: 400, json: { error: 'invalid_grant', error_description: 'it is over' } }
const ended =
  'acme ends every grant some 180 days after its login, however often it is refreshed: the user has to log in again'
const plain: string = expect.stringMatching(
  /^acme responded to the refresh_token request at [\d.:]+\/token with "invalid_grant" \(it is over\)$/,
) as string
const begun = (ago: number) =>
  Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh', authorizedAt: now - ago })

/** Refreshes at a provider with these rules, whose response is given. */
const refresh = async (refreshToken: object | undefined, reply: object, token: Token | string) => {
  const { provider } = await deviant(refreshToken ? { refreshToken } : {}, [reply])
  return provider.grant(Refresh).requestToken(token)
}

describe('a refused refresh', () => {
  test('on the day on which the provider ends every grant says that nobody revoked it', async () => {
    const error = await errorOf(refresh({ absoluteLifetime: 180 * day }, refused, begun(180 * day * 1000)))
    expect(error).toMatchObject({
      code: 'reauthorization_required',
      action: 'reauthorize',
      message: ended,
      status: 400,
      oauth: { error: 'invalid_grant', errorDescription: 'it is over' },
      cause: { message: plain },
    })
  })

  test.each<[string, object | undefined, Token | string]>([
    ['before that day', { absoluteLifetime: 180 * day }, begun(180 * day * 1000 - 1)],
    [
      'of a grant whose beginning nobody knows',
      { absoluteLifetime: 180 * day },
      begun(0).with({ authorizedAt: undefined }),
    ],
    ['of a text', { absoluteLifetime: 180 * day }, 'canary-refresh'],
    ['at a provider that ends what nobody uses', { idleLifetime: day }, begun(180 * day * 1000)],
    ['at a provider that says nothing of it', undefined, begun(180 * day * 1000)],
  ])('%s is reported as the provider has put it', async (_, rules, token) => {
    const error = await errorOf(refresh(rules, refused, token))
    expect(error).toMatchObject({ code: 'reauthorization_required', message: plain })
  })

  test('for another reason does not end a grant, however old it is', async () => {
    const busy = { status: 503 }
    const error = await errorOf(refresh({ absoluteLifetime: 180 * day }, busy, begun(400 * day * 1000)))
    expect(error).toMatchObject({ code: 'token_error', action: 'retry', status: 503 })
  })
})

describe('what a refresh leaves as it was', () => {
  const old = Token.from({
    accessToken: 'canary-access',
    refreshToken: 'canary-refresh',
    scope: ['read'],
    expiresAt: now - 1,
    refreshExpiresAt: now + 5000,
    authorizedAt: now - 1000,
    extra: { tenant: 'blue', plan: 'free' },
  })

  test.each([
    ['the end of the refresh token, which stays the same', {}, 'canary-refresh', now + 5000],
    ['that end, also when the response repeats it', { refresh_token: 'canary-refresh' }, 'canary-refresh', now + 5000],
    ['nothing of the end of one that was replaced', { refresh_token: 'canary-next' }, 'canary-next', undefined],
    ['not the end where the response has another', { refresh_token_expires_in: 60 }, 'canary-refresh', now + 60_000],
  ])('%s', async (_, more, refreshToken, refreshExpiresAt) => {
    const fresh = await refresh(undefined, { json: { ...goodToken, ...more } }, old)
    expect(fresh.refreshToken).toBe(refreshToken)
    expect(fresh.refreshExpiresAt).toBe(refreshExpiresAt)
    expect(fresh.authorizedAt).toBe(now - 1000)
  })

  test('the extras that the response does not change', async () => {
    const { extra, scope } = await refresh(undefined, { json: { ...goodToken, plan: 'paid' } }, old)
    expect({ extra, scope }).toEqual({ extra: { tenant: 'blue', plan: 'paid' }, scope: ['read'] })
  })

  test('but not the lifetime of the access token: where the response has none, it is unknown', async () => {
    const { expires_in: _, ...endless } = goodToken
    expect(await refresh(undefined, { json: endless }, old)).not.toHaveProperty('expiresAt')
  })
})

describe('a refresh says what is missing', () => {
  test.each([[Token.from({ accessToken: 'canary-access' })], ['']])('without a refresh token', async (token) => {
    expect(await errorOf(refresh(undefined, {}, token))).toMatchObject({
      code: 'config_invalid',
      action: 'reauthorize',
      message: 'there is no refresh token to use: the provider issued none, so ask the user to log in again',
    })
  })

  test('for scopes beyond those of the login, but not where these are unknown', async () => {
    const { provider, lastRequest } = await deviant({})
    const grant = provider.grant(Refresh)
    const token = begun(0)
    const error = await errorOf(grant.requestToken(token.with({ scope: ['a'] }), { scope: ['a', 'b', 'c'] }))
    expect(error).toMatchObject({
      code: 'config_invalid',
      action: 'reauthorize',
      message: 'a refresh cannot add the scope b c: authorize again with it',
    })
    await grant.requestToken(token, { scope: ['a'] })
    expect((await lastRequest()).form?.['scope']).toBe('a')
  })
})
