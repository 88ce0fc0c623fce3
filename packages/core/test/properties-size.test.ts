import { test } from '@fast-check/vitest'
import { ClientCredentials, Pkce, Provider, Token } from '@grantkit/core'
import { describe, expect, vi } from 'vitest'
import { redact } from '../src/errors/scrub.ts'
import { parseChallenges } from '../src/wire/challenges.ts'
import { basicCredentials } from '../src/protocol/authentication/client-authentication.ts'
import { checkScope } from '../src/token/scope.ts'
import { metadata } from './support/acme.ts'
import { answering, client, clock, valueOf } from './support/offline-provider.ts'
import { rs256 } from './support/openid.ts'
import { goodToken } from './support/scene.ts'

// That everything takes linear time shows here: inputs of many sizes, the largest of which would not end in anything
// but linear time.

vi.setConfig({ testTimeout: 120_000 })

// Sixteen times the input, sixteen times the work: the largest of these would take minutes if it were more.
describe.each([1000, 16_000, 256_000])('an input of %i characters or items ends', (n) => {
  const a = 'a'.repeat(n)
  const callback = async (value: string | URLSearchParams): Promise<unknown> => {
    const login = answering(() => Response.json(goodToken)).grant(Pkce)
    const { transaction } = await login.authorize()
    return valueOf(() => login.requestToken(value, transaction))
  }
  const answer = async (body: string): Promise<unknown> =>
    valueOf(() =>
      answering(() => new Response(body))
        .grant(ClientCredentials)
        .requestToken(),
    )
  const goodAnswer = (more: object): Promise<unknown> => answer(JSON.stringify({ ...goodToken, ...more }))
  const provider = (changes: object): unknown =>
    valueOf(() => new Provider({ name: 'acme', metadata: { ...metadata, ...changes } }, client))

  test.each<[string, () => unknown]>([
    ['a callback of one parameter', () => callback(`?code=${a}`)],
    ['a callback of many', () => callback(`?${'a=b&'.repeat(n)}`)],
    ['a callback of question marks', () => callback('?'.repeat(n))],
    ['parameters of a callback', () => callback(new URLSearchParams(Array.from({ length: n }, () => ['a', 'b'])))],
    ['a token', () => goodAnswer({ access_token: a })],
    ['scopes', () => goodAnswer({ scope: 'a b '.repeat(n) })],
    ['members', () => goodAnswer(Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, i])))],
    ['nesting', () => answer(`{"access_token":"canary","token_type":"Bearer","x":${'['.repeat(n)}${']'.repeat(n)}}`)],
    ['a form', () => answer(`access_token=canary&${'a=b&'.repeat(n)}`)],
    [
      'an ID token',
      async () => {
        const keys = 'https://id.acme.example/keys'
        const id_token = `${btoa('{"alg":"RS256","kid":"k1"}')}.${a}.${a}`
        const fetch = async (input: unknown) =>
          Response.json(input === keys ? { keys: [rs256.jwk] } : { ...goodToken, id_token })
        const definition = { name: 'acme', metadata: { ...metadata, jwks_uri: keys } }
        const login = new Provider(definition, client, { fetch, clock }).grant(Pkce)
        const { transaction } = await login.authorize({ scope: ['openid'] })
        await valueOf(() => login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
      },
    ],
    ['an error', () => answer(JSON.stringify({ error: a, error_description: '\u202E'.repeat(n) }))],
    ['a form that is no error', () => answer('a=&'.repeat(n))],
    ['metadata', () => provider(Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, i])))],
    ['an endpoint', () => provider({ token_endpoint: `https://id.acme.example/${a}` })],
    ['a list', () => provider({ code_challenge_methods_supported: Array.from({ length: n }, () => 'S256') })],
    ['a scope that is asked for', () => valueOf(() => checkScope(Array.from({ length: n }, (_, i) => `s${i}`)))],
    [
      'a stored token',
      () => valueOf(() => Token.from({ accessToken: a, extra: { list: Array.from({ length: n }, () => a[0]) } })),
    ],
    ['an id and a secret', () => basicCredentials(a, 'é'.repeat(n))],
    ['a header', () => parseChallenges(`Bearer ${'a="b\\"", '.repeat(n)}`)],
    [
      'a redirect URI',
      () =>
        valueOf(
          () => new Provider({ name: 'x', metadata }, { clientId: 'x', redirectUri: `https://app.example/${a}` }),
        ),
    ],
    ['a secret in a text', () => redact(`${a}canary`.repeat(8), [`${a}canary`, 'canary'])],
  ])('%s', async (_, work) => {
    await work()
    expect(work).toBeDefined()
  })
})
