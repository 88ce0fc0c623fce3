import { Provider, type ProviderDefinition, type Token } from '@grantkit/core'
import { authorizationUrl, callbackUrl, configurationOf, tokenFrom } from '@grantkit/core/openid-client'
import { type SimulatedProvider, simulateProvider } from '@grantkit/testing/server'
import {
  authorizationCodeGrant,
  calculatePKCECodeChallenge,
  type Configuration,
  randomPKCECodeVerifier,
  randomState,
  refreshTokenGrant,
  ResponseBodyError,
  tokenRevocation,
} from 'openid-client'
import { describe, expect, test } from 'vitest'
import { spotify } from '../../../provider-spotify/src/index.ts'
import { presets as others } from '../../../providers/test/presets.ts'
import { seePrint } from '../support/oracle.ts'

// openid-client alone logs in at about half of these: the others rename parameters, respond in another form, or authenticate otherwise.

const presets: readonly ProviderDefinition[] = [spotify, ...others]
const redirectUris: Readonly<Record<string, string>> = { 'tiktok-desktop': 'http://127.0.0.1:3455/callback/' }

interface Stage {
  readonly provider: Provider
  readonly simulation: SimulatedProvider
  readonly configuration: Configuration
}

async function stageOf(preset: ProviderDefinition): Promise<Stage> {
  const simulation = await simulateProvider(preset, { redirectUri: redirectUris[preset.name] })
  const provider = new Provider(simulation.definition, simulation.clients.confidential)
  return { simulation, provider, configuration: await configurationOf(provider) }
}

const scopeOf = ({ scopes }: Pick<ProviderDefinition, 'scopes'>): readonly string[] =>
  Object.keys(scopes ?? { 'made:up': {} })
    .filter((name) => name !== 'openid')
    .slice(0, 2)

async function logIn({ provider, simulation, configuration }: Stage): Promise<Token> {
  const scope = scopeOf(provider.definition)
  const state = randomState()
  const verifier = provider.definition.pkce === 'refused' ? undefined : randomPKCECodeVerifier()
  const url = await authorizationUrl(provider, {
    state,
    scope: scope.join(' '),
    ...(verifier !== undefined && {
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    }),
  })
  const callback = await callbackUrl(provider, await simulation.logIn(url))
  const checks = { expectedState: state, ...(verifier !== undefined && { pkceCodeVerifier: verifier }) }
  const token = tokenFrom(await authorizationCodeGrant(configuration, callback, checks), { scope })
  seePrint('token', token)
  return token
}

describe.each(presets.map((preset) => ({ name: preset.name, preset })))('$name', ({ preset }) => {
  test('a user logs in through openid-client', async () => {
    const stage = await stageOf(preset)
    await using _ = stage.simulation
    const token = await logIn(stage)
    expect(token).toMatchObject({ tokenType: 'Bearer', scope: scopeOf(preset) })
    expect(await stage.simulation.isAlive(token.accessToken)).toBe(true)
  })

  test('a token is refreshed through openid-client, and a dead one is invalid_grant', async () => {
    const stage = await stageOf(preset)
    await using _ = stage.simulation
    const token = await logIn(stage)
    if (token.refreshToken === undefined) return expect(preset.refreshToken).toBeUndefined()
    const fresh = tokenFrom(await refreshTokenGrant(stage.configuration, token.refreshToken), { previous: token })
    expect(fresh.accessToken).not.toBe(token.accessToken)
    expect(fresh.scope).toEqual(token.scope)
    await stage.simulation.expire(fresh.refreshToken ?? '')
    const refused = refreshTokenGrant(stage.configuration, fresh.refreshToken ?? '')
    await expect(refused).rejects.toBeInstanceOf(ResponseBodyError)
    await expect(refused).rejects.toMatchObject({ error: 'invalid_grant' })
  })
})

const revoking = presets.filter(({ revocation, metadata }) => revocation?.endpoint ?? metadata.revocation_endpoint)

test.each(revoking)('a token of $name is revoked through openid-client', async (preset) => {
  const stage = await stageOf(preset)
  await using _ = stage.simulation
  const { accessToken, refreshToken } = await logIn(stage)
  const revoked = preset.revocation?.tokens === 'access_token' ? accessToken : (refreshToken ?? accessToken)
  await tokenRevocation(stage.configuration, revoked)
  expect(await stage.simulation.isAlive(revoked)).toBe(false)
})
