import { AuthorizationCode, ClientCredentials, type ProviderDefinition, type Token } from '@grantkit/core'
import { expect } from 'vitest'
import { type DescribeProviderOptions, hasClientCredentials, hasLogin, hasOpenid, hasRevocation, type ProviderCheck } from './check.ts'
import { atSimulation } from './simulation.ts'

/** What the provider is sent, and what is made of its answers. */
export const tokenChecks: readonly ProviderCheck[] = [
  {
    name: 'a user logs in',
    applies: hasLogin,
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn, scope }) => {
        const token = await logIn()
        expect(token).toMatchObject({ tokenType: 'Bearer', scope })
        expect(token.accessToken).toMatch(/^simulated-access-/)
        expectLives(token, preset, options)
        for (const name of (options.simulated ?? preset).callback?.kept ?? [])
          expect(token.extra[name], `what is kept of the callback as ${name}`).toBe(`simulated-${name}`)
      }),
  },
  {
    name: 'a token has the scopes that were granted, not those that were asked for',
    applies: hasLogin,
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn, scope }) => {
        expect((await logIn({ scope: scope.slice(1) })).scope).toEqual(scope.slice(1))
      }),
  },
  {
    name: 'a user of an app without a secret logs in',
    applies: (preset) => hasLogin(preset) && preset.pkce !== 'refused',
    check: (preset, options) =>
      atSimulation(
        preset,
        options,
        async ({ logIn, scope, provider }) => {
          expect((await logIn()).scope).toEqual(scope)
          await expect(provider.grant(AuthorizationCode).authorize()).rejects.toMatchObject({ code: 'config_invalid' })
        },
        'public',
      ),
  },
  {
    name: 'a user who refuses is refused',
    applies: hasLogin,
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn }) => {
        await expect(logIn({ deny: true })).rejects.toMatchObject({ code: 'authorization_denied' })
      }),
  },
  {
    name: 'with openid in the scope, the ID token says who the user is',
    applies: (preset) => hasLogin(preset) && hasOpenid(preset),
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn }) => {
        const { claims } = await logIn({ asked: ['openid'] })
        expect(claims).toMatchObject({ sub: 'ada' })
      }),
  },
  {
    name: 'a token is refreshed, whether or not the refresh token changes, and its last day stays',
    applies: hasLogin,
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn, refresh }) => {
        const token = await logIn()
        const second = await refresh(token)
        const third = await refresh(second)
        expect(new Set([token, second, third].map(({ accessToken }) => accessToken)).size).toBe(3)
        expect(second.scope).toEqual(token.scope)
        const { rotation } = preset.refreshToken ?? {}
        if (rotation === 'always') expect(third.refreshToken).not.toBe(second.refreshToken)
        if (rotation === 'never') expect(third.refreshToken).toBe(token.refreshToken)
        if (!tellsRefreshLife(options.simulated ?? preset)) expect(third.refreshExpiresAt).toBe(endOf(token, preset))
      }),
  },
  {
    name: 'a refresh token that is dead asks for another login',
    applies: hasLogin,
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
  {
    name: 'a token is revoked',
    applies: (preset) => hasLogin(preset) && hasRevocation(preset),
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn, refresh, provider, simulation }) => {
        const token = await logIn()
        await provider.revoke(token)
        expect(await simulation.isAlive(token.accessToken), 'the access token lives').toBe(false)
        if (preset.revocation?.tokens === 'access_token') return
        await expect(refresh(token)).rejects.toMatchObject({ code: 'reauthorization_required' })
      }),
  },
]

/** A refresh token lives for a day in the simulation, if its answers say so. */
const refreshLife = 86_400

/** Expects the lives that the provider gives, or that the preset knows. */
function expectLives({ expiresAt, refreshExpiresAt, authorizedAt = 0 }: Token, preset: ProviderDefinition, options: DescribeProviderOptions): void {
  const { accessTokenLifetime = 3600 } = options.simulation ?? {}
  const expected = preset.tokenResponse?.expiresIn?.default ?? accessTokenLifetime
  const seconds = (end: number | undefined) => (end === undefined ? undefined : Math.abs((end - authorizedAt) / 1000))
  expect(Math.abs((seconds(expiresAt) ?? 0) - expected), 'the life of the access token').toBeLessThan(60)
  const { absoluteLifetime } = preset.refreshToken ?? {}
  const refresh = tellsRefreshLife(options.simulated ?? preset) ? refreshLife : absoluteLifetime
  if (refresh === undefined) expect(refreshExpiresAt).toBeUndefined()
  else expect(Math.abs((seconds(refreshExpiresAt) ?? 0) - refresh), 'the life of the refresh token').toBeLessThan(60)
}

/** Whether the answers say how long a refresh token lives. */
function tellsRefreshLife({ tokenResponse = {} }: ProviderDefinition): boolean {
  return tokenResponse.refreshExpiresIn !== undefined || tokenResponse.members?.refresh_token_expires_in !== undefined
}

/** Instagram has one kind of token, which refreshes itself. */
function isOwnRefreshToken({ tokenResponse }: ProviderDefinition): boolean {
  return tokenResponse?.members?.refresh_token === 'access_token'
}

/** The day on which the provider ends the grant, where the preset knows one. */
function endOf({ authorizedAt = 0 }: Token, { refreshToken }: ProviderDefinition): number | undefined {
  const { absoluteLifetime } = refreshToken ?? {}
  return absoluteLifetime === undefined ? undefined : authorizedAt + absoluteLifetime * 1000
}

