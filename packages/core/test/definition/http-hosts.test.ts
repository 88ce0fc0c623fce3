import {
  authorizedFetch,
  ClientCredentials,
  Provider,
  type ProviderDefinition,
  type ProviderOptions,
  Token,
} from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf, eventLog, goodToken, publicClient } from '../support/scene.ts'

const origin = 'http://keycloak:8080'
const httpHosts = ['keycloak:8080']
const metadata = {
  issuer: `${origin}/realms/acme`,
  authorization_endpoint: `${origin}/authorize`,
  token_endpoint: `${origin}/token`,
  revocation_endpoint: `${origin}/revoke`,
  jwks_uri: `${origin}/jwks`,
}
const definition: ProviderDefinition = { name: 'acme', metadata, apiOrigins: [origin] }
const client = { clientId: 'cid' }

/** A network on which every address responds with this JSON. */
function network(json: unknown = goodToken) {
  const visited: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    visited.push(input instanceof Request ? input.url : String(input))
    return Response.json(json)
  }
  return { visited, fetch }
}

describe('plain http goes to a host that the user names', () => {
  test('for token requests, revocations and calls to the API', async () => {
    const { visited, fetch } = network()
    const acme = new Provider(definition, client, { fetch, httpHosts })
    await acme.grant(ClientCredentials).requestToken()
    await acme.revoke('canary-refresh-token')
    await authorizedFetch(acme.tokenSource({ token: Token.from({ accessToken: 'canary' }) }))(`${origin}/api`)
    expect(visited).toEqual([`${origin}/token`, `${origin}/revoke`, `${origin}/api`])
  })

  test('for discovery', async () => {
    const { fetch } = network(metadata)
    const acme = await Provider.discover(metadata.issuer, client, { fetch, httpHosts })
    expect(acme.definition.metadata.token_endpoint).toBe(`${origin}/token`)
    expect((await errorOf(Provider.discover(metadata.issuer, client, { fetch }))).code).toBe('insecure_url')
  })

  test('at port 80, which a URL leaves out', () => {
    const at80 = { name: 'acme', metadata: { token_endpoint: 'http://keycloak/token' } }
    expect(() => new Provider(at80, client, { httpHosts: ['keycloak:80'] })).not.toThrow()
  })

  test('and an event says that whoever reads that network reads the tokens', () => {
    const { events, onEvent } = eventLog()
    new Provider(definition, client, { httpHosts, onEvent })
    expect(events).toEqual([
      expect.objectContaining({
        type: 'discouraged',
        provider: 'acme',
        message: 'plain http is allowed to keycloak:8080: whoever can read that network reads the tokens',
      }),
    ])
  })
})

describe('and to no other', () => {
  test.each([
    'http://keycloak/token',
    'http://keycloak:8081/token',
    'http://sub.keycloak:8080/token',
    'http://keycloak.example:8080/token',
    'http://keycloak:8080.example/token',
    'http://id.acme.example/token',
  ])('%s is refused, and the message says what to do', async (token_endpoint) => {
    const make = (options: ProviderOptions) => () =>
      new Provider({ name: 'acme', metadata: { token_endpoint } }, client, options)
    for (const options of [{ httpHosts }, {}]) {
      const error = await errorOf(make(options))
      expect(error).toMatchObject({ code: expect.stringMatching(/^(?:insecure_url|metadata_invalid)$/) as string })
      if (error.code === 'insecure_url')
        expect(error.message).toContain('http is for loopback addresses, and for hosts in the option httpHosts')
    }
  })

  test.each([
    ['a wildcard', ['*:8080']],
    ['a wildcard in a name', ['*.keycloak:8080']],
    ['a host without its port', ['keycloak']],
    ['a scheme', ['http://keycloak:8080']],
    ['a path', ['keycloak:8080/']],
    ['user information', ['user:canary@keycloak:8080']],
    ['a host in capitals', ['KeyCloak:8080']],
    ['an empty string', ['']],
    ['a number', [8080]],
    ['a string in place of the array', 'keycloak:8080'],
  ])('%s is not such a host', async (_, hosts) => {
    const options = { httpHosts: hosts as readonly string[] }
    expect(await errorOf(() => new Provider(definition, client, options))).toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining(`'keycloak:8080'`) as string,
    })
  })

  test('a redirect URI is never one of them', async () => {
    const redirectUri = `${origin}/callback`
    const make = () => new Provider(definition, { clientId: 'cid', redirectUri }, { httpHosts })
    expect((await errorOf(make)).code).toBe('insecure_url')
  })

  test('a private address that the provider refuses stays refused', async () => {
    const { visited, fetch } = network()
    const inside = { name: 'acme', metadata: { token_endpoint: 'http://10.0.0.1:80/token' } }
    const options = { fetch, httpHosts: ['10.0.0.1:80'], privateAddresses: 'refused' } as const
    expect((await errorOf(new Provider(inside, client, options).grant(ClientCredentials).requestToken())).code).toBe(
      'insecure_url',
    )
    expect(visited).toEqual([])
  })

  test('a call to an API at another http origin is refused', async () => {
    const make = () => new Provider({ ...definition, apiOrigins: ['http://api:81'] }, client, { httpHosts })
    expect((await errorOf(make)).code).toBe('insecure_url')
  })
})

describe('what one provider allows is decided for that one alone', () => {
  const frozen = Object.freeze({
    name: 'acme',
    metadata: Object.freeze({ ...metadata }),
    apiOrigins: Object.freeze([origin]),
  })

  test('another one of the same definition is refused, before and after', async () => {
    const strict = () => new Provider(frozen, publicClient)
    expect((await errorOf(strict)).code).toBe('insecure_url')
    const loose = new Provider(frozen, publicClient, { httpHosts })
    expect((await errorOf(strict)).code).toBe('insecure_url')
    expect((await errorOf(() => new Provider(loose.definition, publicClient))).code).toBe('insecure_url')
    const other = () => new Provider(loose.definition, publicClient, { httpHosts: ['keycloak:8081'] })
    expect((await errorOf(other)).code).toBe('insecure_url')
  })
})
