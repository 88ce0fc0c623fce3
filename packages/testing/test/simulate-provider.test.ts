import { AuthorizationCode, ClientCredentials, Pkce, Provider, type ProviderDefinition, Refresh } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { describeProvider, providerChecks } from '../src/describe-provider.ts'
import { simulateProvider } from '../src/server.ts'
import { deviants, hooked } from './deviants.ts'

for (const preset of deviants) describeProvider(preset)
describeProvider(hooked.preset, { simulation: { hooks: hooked.hooks } })

/** Fields that no request or response shows: advice for readers, or a tolerance that core always has. */
const silent =
  /^(?:name|sources|metadata|variables|apiOrigins|scopes|redirectUri|refreshToken|api)\b|^callback\ntokenHost|^hooks\ncallback|^pkce$/

/** The paths of all fields of a definition. */
function leaves(part: unknown, path = ''): readonly string[] {
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return [path]
  return Object.entries(part).flatMap(([name, member]) => leaves(member, path === '' ? name : `${path}\n${name}`))
}

/** A copy without the field at a path. */
function without(part: object, [name = '', ...rest]: readonly string[]): object {
  const { [name]: member, ...others } = part as Record<string, unknown>
  return rest.length === 0 ? others : { ...others, [name]: without(member as object, rest) }
}

/** The first check that fails when a preset is wrong about its provider; checks with requests come first. */
async function failureOf(preset: ProviderDefinition, simulated: ProviderDefinition): Promise<string | undefined> {
  const simulation = simulated === hooked.preset ? { hooks: hooked.hooks } : {}
  for (const { name, check, applies } of providerChecks.toReversed()) {
    try {
      if (applies?.(preset) !== false) await check(preset, { simulated, simulation })
    } catch {
      return name
    }
  }
  return undefined
}

describe('a preset that lacks one deviation of its provider fails', () => {
  for (const simulated of [...deviants, hooked.preset])
    for (const leaf of leaves(simulated).filter((path) => !silent.test(path)))
      test(`${simulated.name}: ${leaf.replaceAll('\n', '.')}`, async () => {
        const preset = without(simulated, leaf.split('\n')) as ProviderDefinition
        expect(await failureOf(preset, simulated)).toBeDefined()
      })
})

describe('a preset with a wrong deviation fails', () => {
  const plain: ProviderDefinition = { name: 'plain', metadata: deviants[0]!.metadata, sources: deviants[0]!.sources! }
  test.each<[string, Partial<ProviderDefinition>]>([
    ['a renamed parameter', { tokenRequest: { renamed: { code: 'auth_code' } } }],
    ['JSON', { tokenRequest: { encoding: 'json' } }],
    ['GET', { tokenRequest: { method: 'GET' } }],
    ['commas', { scopeSeparator: ',' }],
    ['a deviation that no response has', { tokenResponse: { envelope: 'data' } }],
    ['another way to authenticate', { clientAuthentication: { method: 'client_secret_post' } }],
    ['another encoding', { clientAuthentication: { basicEncoding: 'raw' } }],
    [
      'a method for one grant that all grants have',
      { grants: { refresh_token: { authentication: 'client_secret_basic' } } },
    ],
    ['a callback parameter that never comes', { callback: { kept: ['shop'] } }],
    ['a wrong endpoint', { grants: { refresh_token: { endpoint: 'https://id.acme.example/other' } } }],
    ['another grant type', { grants: { refresh_token: { grantType: 'again' } } }],
    ['a hexadecimal challenge', { authorizationRequest: { codeChallenge: 'hex' } }],
    ['another code', { callback: { renamed: { code: 'auth_code' } } }],
    ['no redirect URI', { tokenRequest: { omitted: ['redirect_uri'] } }],
  ])('%s', async (_name, more) => {
    expect(await failureOf({ ...plain, ...more }, plain)).toBeDefined()
    expect(await failureOf(plain, plain)).toBeUndefined()
  })
})

const acme: ProviderDefinition = {
  name: 'acme',
  metadata: {
    authorization_endpoint: 'https://id.acme.example/authorize',
    token_endpoint: 'https://id.acme.example/token',
    revocation_endpoint: 'https://id.acme.example/revoke',
  },
  apiOrigins: ['https://api.acme.example'],
}

describe('a simulation', () => {
  test('moves every endpoint of the definition and changes nothing else', async () => {
    await using simulation = await simulateProvider({
      ...acme,
      grants: { refresh_token: { endpoint: 'https://x.example/r?a=1' } },
    })
    const { url, definition } = simulation
    expect(definition).toEqual({
      name: 'acme',
      metadata: {
        authorization_endpoint: `${url}/id.acme.example/authorize`,
        token_endpoint: `${url}/id.acme.example/token`,
        revocation_endpoint: `${url}/id.acme.example/revoke`,
      },
      apiOrigins: [url],
      grants: { refresh_token: { endpoint: `${url}/x.example/r?a=1` } },
    })
  })

  test('records requests, and expires tokens on demand', async () => {
    await using simulation = await simulateProvider(acme)
    const login = new Provider(simulation.definition, simulation.clients.confidential).grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['read'] })
    const token = await login.requestToken(await simulation.logIn(url), transaction)
    expect((await simulation.requests()).map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /id.acme.example/authorize',
      'POST /id.acme.example/token',
    ])
    expect(await simulation.isAlive(token.accessToken)).toBe(true)
    await simulation.expire(token.accessToken)
    expect(await simulation.isAlive(token.accessToken)).toBe(false)
    expect(await simulation.isAlive(token.refreshToken ?? '')).toBe(true)
  })

  test('accepts a code once, from its client and for its redirect URI', async () => {
    await using simulation = await simulateProvider(acme)
    const { confidential, public: other } = simulation.clients
    const login = new Provider(simulation.definition, confidential).grant(AuthorizationCode)
    const code = async () =>
      new URL((await simulation.logIn((await login.authorize()).url)).url).searchParams.get('code') ?? ''
    const first = await code()
    await login.exchangeCode({ code: first })
    await expect(login.exchangeCode({ code: first })).rejects.toMatchObject({ oauth: { error: 'invalid_grant' } })
    const elsewhere = { code: await code(), redirectUri: 'https://app.example/other' }
    await expect(login.exchangeCode(elsewhere)).rejects.toMatchObject({ oauth: { error: 'invalid_grant' } })
    const stolen = new Provider(simulation.definition, other).grant(Pkce)
    const proof = { code: await code(), codeVerifier: 'v'.repeat(43) }
    await expect(stolen.exchangeCode(proof)).rejects.toMatchObject({ oauth: { error: 'invalid_grant' } })
  })

  test('shows an error page when it cannot redirect safely', async () => {
    await using simulation = await simulateProvider(acme)
    const page = (query: string) => simulation.logIn(`${simulation.url}/id.acme.example/authorize?${query}`)
    const good = 'response_type=code&state=s&client_id=simulated-client'
    await expect(page('response_type=code&client_id=x')).rejects.toThrow(/redirect_uri is missing/)
    await expect(page(`${good}&redirect_uri=https://evil.example`)).rejects.toThrow(/not registered/)
    await expect(page(`${good}&redirect_uri=https://app.example/callback&state=t`)).rejects.toThrow(/twice/)
  })

  test.each<[string, NonNullable<ProviderDefinition['api']>, (token: string) => HeadersInit]>([
    ['as usual', {}, (token) => ({ authorization: `Bearer ${token}` })],
    [
      'in a header of its own',
      { token: { header: 'X-Acme-Token' }, headers: { 'client-id': '{client_id}' } },
      (token) => ({ 'x-acme-token': token, 'client-id': 'simulated-client' }),
    ],
    ['under another scheme', { token: { scheme: 'OAuth' } }, (token) => ({ authorization: `OAuth ${token}` })],
  ])('has an API that wants the token %s, and no other way', async (_name, api, present) => {
    await using simulation = await simulateProvider({ ...acme, api })
    const login = new Provider(simulation.definition, simulation.clients.confidential).grant(AuthorizationCode)
    const { url, transaction } = await login.authorize({ scope: ['read'] })
    const { accessToken } = await login.requestToken(await simulation.logIn(url), transaction)
    const served = await fetch(`${simulation.url}/api/me`, { headers: present(accessToken) })
    expect([served.status, await served.json()]).toEqual([200, { scope: ['read'] }])
    const others: HeadersInit[] = [{ authorization: `Token ${accessToken}` }, { 'x-other': accessToken }, {}]
    for (const wrong of others) expect((await fetch(`${simulation.url}/api/me`, { headers: wrong })).status).toBe(401)
    expect((await fetch(`${simulation.url}/api/me?access_token=${accessToken}`)).status).toBe(401)
    if (api.headers)
      expect((await fetch(`${simulation.url}/api/me`, { headers: { 'x-acme-token': accessToken } })).status).toBe(400)
  })

  test('has an API that reports its rate limit in its own way', async () => {
    const now = 1_800_000_000_000
    const rateLimit = { reset: 'x-reset', format: 'epoch_seconds', remaining: 'x-remaining', statuses: [403] } as const
    await using simulation = await simulateProvider({ ...acme, api: { rateLimit } }, { now: () => now })
    await simulation.limitApi(90)
    const { status, headers } = await fetch(`${simulation.url}/api/me`)
    expect([status, headers.get('x-reset'), headers.get('x-remaining')]).toEqual([403, String(now / 1000 + 90), '0'])
    await using plain = await simulateProvider(acme, { now: () => now })
    await plain.limitApi(90)
    const usual = await fetch(`${plain.url}/api/me`)
    expect([usual.status, usual.headers.get('retry-after')]).toEqual([429, '90'])
  })
})

test('a grant that the metadata does not list is not supported: no refresh token, and no client credentials', async () => {
  const [preset] = deviants
  const metadata = { ...preset!.metadata, grant_types_supported: ['authorization_code'] }
  await using simulation = await simulateProvider({ ...preset!, metadata })
  const provider = new Provider(simulation.definition, simulation.clients.confidential)
  const { url, transaction } = await provider.grant(Pkce).authorize({ scope: ['read'] })
  const token = await provider.grant(Pkce).requestToken(await simulation.logIn(url), transaction)
  expect(token.refreshToken).toBeUndefined()
  for (const request of [provider.grant(Refresh).requestToken('abc'), provider.grant(ClientCredentials).requestToken()])
    await expect(request).rejects.toMatchObject({ oauth: { error: 'unsupported_grant_type' } })
})
