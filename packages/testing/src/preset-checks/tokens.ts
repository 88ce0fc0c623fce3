import { AuthorizationCode, ClientCredentials, type ProviderDefinition } from '@grantkit/core'
import { expect } from 'vitest'
import { hasClientCredentials, hasLogin, hasRefresh, offeredScopes, offersOpenid, type ProviderCheck } from './check.ts'
import { grantExpiryOf, expectLifetimes, reportsRefreshLifetime } from './lifetimes.ts'
import { atSimulation } from './simulation.ts'

/** Token requests and their responses. */
export const tokenChecks: readonly ProviderCheck[] = [
  {
    name: 'a user logs in',
    applies: hasLogin,
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn, scope }) => {
        const token = await logIn()
        expect(token).toMatchObject({ tokenType: 'Bearer', scope })
        expect(token.accessToken).toMatch(/^simulated-access-/)
        expectLifetimes(token, preset, options)
        for (const name of (options.simulated ?? preset).callback?.kept ?? [])
          expect(token.extra[name], `the callback parameter ${name}`).toBe(`simulated-${name}`)
      }),
  },
  {
    name: 'a token has the scopes that were granted, not those that were requested',
    applies: hasLogin,
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn, scope }) => {
        expect((await logIn({ scope: scope.slice(1) })).scope).toEqual(scope.slice(1))
      }),
  },
  {
    name: 'a user of a client without a secret logs in',
    applies: (preset) => hasLogin(preset) && preset.pkce !== 'refused',
    check: (preset, options) =>
      atSimulation(preset, { ...options, client: 'public' }, async ({ logIn, scope, provider }) => {
        expect((await logIn()).scope).toEqual(scope)
        await expect(provider.grant(AuthorizationCode).authorize()).rejects.toMatchObject({ code: 'config_invalid' })
      }),
  },
  {
    name: 'a login that the user denies fails',
    applies: hasLogin,
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn }) => {
        await expect(logIn({ deny: true })).rejects.toMatchObject({ code: 'authorization_denied' })
      }),
  },
  {
    name: 'with openid in the scope, the ID token says who the user is',
    applies: (preset) => hasLogin(preset) && offersOpenid(preset),
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn }) => {
        const { claims } = await logIn({ asked: ['openid'] })
        expect(claims).toMatchObject({ sub: 'ada' })
      }),
  },
  {
    name: 'a user logs in with every scope that it offers',
    applies: (preset) => hasLogin(preset) && offeredScopes(preset).length > 0,
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn }) => {
        const asked = offeredScopes(preset)
        for (const scope of asked) expect((await logIn({ asked: [scope] })).scope).toEqual([scope])
        expect((await logIn({ asked })).scope).toEqual(asked)
      }),
  },
  {
    name: 'a token is refreshed, whether or not the refresh token changes, and the grant expires on the same day',
    applies: hasRefresh,
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn, refresh }) => {
        const token = await logIn()
        const second = await refresh(token)
        const third = await refresh(second)
        expect(new Set([token, second, third].map(({ accessToken }) => accessToken)).size).toBe(3)
        expect(second.scope).toEqual(token.scope)
        const { rotation, idleLifetime } = preset.refreshToken ?? {}
        if (rotation === 'always') expect(third.refreshToken).not.toBe(second.refreshToken)
        if (rotation === 'never') expect(third.refreshToken).toBe(token.refreshToken)
        const isReported = reportsRefreshLifetime(options.simulated ?? preset) || idleLifetime !== undefined
        if (!isReported) expect(third.refreshExpiresAt).toBe(grantExpiryOf(token, preset))
      }),
  },
  {
    name: 'an expired refresh token requires another login',
    applies: hasRefresh,
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn, refresh, simulation }) => {
        const token = await logIn()
        await simulation.expire(token.refreshToken ?? '')
        await expect(refresh(token)).rejects.toMatchObject({
          code: 'reauthorization_required',
          oauth: { errorDescription: expect.any(String) as string },
        })
      }),
  },
  {
    name: 'the client gets a token of its own',
    applies: hasClientCredentials,
    check: (preset, options) =>
      atSimulation(preset, options, async ({ provider, scope }) => {
        const token = await provider.grant(ClientCredentials).requestToken({ scope })
        expect(token).toMatchObject({ tokenType: 'Bearer', scope })
        if (!isOwnRefreshToken(preset)) expect(token.refreshToken).toBeUndefined()
      }),
  },
]

/** Instagram has one kind of token, which is its own refresh token. */
function isOwnRefreshToken({ tokenResponse }: ProviderDefinition): boolean {
  return tokenResponse?.members?.refresh_token === 'access_token'
}
