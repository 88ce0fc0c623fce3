import { ClientCredentials, GrantError, Pkce, Provider, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { leaksIn, leaksInPrint } from './support/leaks.ts'
import { findLeaks, keepSecret, see } from './support/oracle.ts'
import { clientSecret, confidential, errorOf, scene } from './support/scene.ts'
import { faultServer } from './support/servers.ts'

const secret = 'q7/ä+PvK"9mWzR'
const bytes = String.fromCharCode(...new TextEncoder().encode(secret))

describe('the leak oracle finds a secret', () => {
  test.each<[string, string]>([
    ['as it is', `x ${secret} y`],
    ['form-encoded', `a=1&b=${String(new URLSearchParams([['', secret]])).slice(1)}`],
    ['percent-encoded', `a=1&b=${encodeURIComponent(secret)}`],
    ['escaped for JSON', JSON.stringify({ a: secret })],
    ['in base64', btoa(bytes)],
    ['in the base64 of more than it', btoa(`id:${bytes}`)],
    ['in the base64 of much more', btoa(`${bytes}, and more`)],
    ['in base64url', btoa(`id;${bytes}`).replaceAll('+', '-').replaceAll('/', '_')],
  ])('%s', (_, text) => {
    const others = Array.from({ length: 100 }, (__, n) => `another secret ${n}`)
    expect(leaksIn('text', text, [secret])).not.toEqual([])
    expect(leaksIn('text', text, [...others, secret]), 'among many').not.toEqual([])
    expect(leaksIn('text', text, others)).toEqual([])
  })

  test.each<[string, (text: string) => unknown]>([
    ['the message', (text) => new Error(text)],
    ['the stack', (text) => Object.assign(new Error('x'), { stack: text })],
    ['the name', (text) => Object.assign(new Error('x'), { name: text })],
    ['a property', (text) => Object.assign(new Error('x'), { response: { body: [text] } })],
    ['a hidden property', (text) => Object.defineProperty(new Error('x'), 'body', { value: text })],
    ['a property under a symbol', (text) => Object.assign(new Error('x'), { [Symbol('body')]: text })],
    ['a symbol', (text) => Object.assign(new Error('x'), { [Symbol(text)]: 1 })],
    ['the name of a property', (text) => Object.assign(new Error('x'), { [text]: 1 })],
    ['a cause', (text) => new Error('x', { cause: new Error('y', { cause: new Error(text) }) })],
    ['a cause that is not an error', (text) => new Error('x', { cause: { body: text } })],
    ['what a getter returns', (text) => Object.defineProperty(new Error('x'), 'body', { get: () => text })],
    [
      'a getter of the class',
      (text) =>
        new (class extends Error {
          get body(): string {
            return text
          }
        })('x'),
    ],
    ['the prototype', (text) => Object.create({ body: text })],
    ['toJSON', (text) => ({ toJSON: () => text })],
    ['toString', (text) => ({ toString: () => text })],
    ['a map', (text) => new Error('x', { cause: new Map([[text, 1]]) })],
    ['a set', (text) => ({ set: new Set([text]) })],
    ['headers', (text) => ({ request: new Request('https://id.example', { headers: { authorization: btoa(text) } }) })],
    ['a URL', (text) => ({ url: new URL(`https://id.example/?t=${text}`) })],
    ['a form', (text) => ({ body: new URLSearchParams({ text }) })],
    ['bytes', (text) => ({ body: new TextEncoder().encode(text) })],
    ['a function', (text) => ({ retry: Object.assign(() => undefined, { body: text }) })],
    ['a deep place', (text) => JSON.parse(`${'{"a":'.repeat(30)}${JSON.stringify(text)}${'}'.repeat(30)}`)],
    ['an object that contains itself', (text) => ((self) => Object.assign(self, { self, text }))({})],
  ])('in %s', (_, make) => {
    expect(leaksIn('value', make(clientSecret))).not.toEqual([])
    expect(leaksIn('value', make('nothing to hide'))).toEqual([])
  })

  test('says where it is', () => {
    const error = new Error('x', {
      cause: Object.defineProperty(new Error('y'), 'body', { value: { token: 'canary' } }),
    })
    expect(leaksIn('error', error)).toContain('error.cause.body.token holds canary')
  })

  test('and nothing where there is none', () => {
    const error = new GrantError('token_error', 'it failed', { cause: new TypeError('x'), oauth: { error: 'y' } })
    expect(leaksIn('error', error, [secret])).toEqual([])
  })

  test('in what is printed of a token, and not in what a token is for', () => {
    expect(leaksInPrint('token', Token.from({ accessToken: 'canary' }))).toEqual([])
    expect(leaksInPrint('token', { toString: () => 'canary' })).not.toEqual([])
  })
})

/** Leaks on purpose, each in a place of its own, and where the oracle has to find it. */
const leaks: readonly [place: string, found: string, leak: () => unknown][] = [
  [
    'an error that is rejected with',
    'String(error) holds canary',
    async () => {
      const { provider } = await scene()
      const authentication = () => Promise.reject(new GrantError('config_invalid', clientSecret))
      const request = provider({ clientId: 'cid', authentication }).grant(ClientCredentials).requestToken()
      expect((await errorOf(request)).code).toBe('config_invalid')
    },
  ],
  ['an error that nobody looks at', 'error.stack holds canary', () => new GrantError('token_error', clientSecret)],
  [
    'the cause of an error',
    'error.cause',
    () => new GrantError('token_error', 'x', { cause: new Error(btoa(`cid:${clientSecret}`)) }),
  ],
  [
    'what the provider said',
    'error.oauth.errorUri holds canary',
    () => new GrantError('token_error', 'x', { oauth: { error: 'x', errorUri: clientSecret } }),
  ],
  [
    'an error, of a verifier that the library made',
    'error.message',
    async () => {
      const { provider } = await scene()
      const { transaction } = await provider().grant(Pkce).authorize()
      return new GrantError('state_mismatch', `the verifier is ${transaction.codeVerifier}`)
    },
  ],
  [
    'an error, of a token that the server made',
    'error.message',
    async () => {
      const { provider } = await scene()
      const { accessToken } = await provider().grant(ClientCredentials).requestToken()
      return new GrantError('token_error', accessToken)
    },
  ],
  [
    'an event, whoever listens',
    'event.provider holds canary',
    async () => {
      const { provider } = await scene()
      const { metadata } = provider().definition
      const leaky = new Provider({ name: clientSecret, metadata }, confidential, { onEvent: () => undefined })
      await leaky.grant(ClientCredentials).requestToken()
    },
  ],
  [
    'what is written to the console',
    'what console.debug was given.0.provider.clientSecret',
    () => console.debug({ provider: { clientSecret } }),
  ],
  [
    'a URL that a server saw',
    'a URL that a server saw holds canary',
    async () => {
      const server = await faultServer()
      await fetch(`${server.url}/userinfo?access_token=canary-access-token`)
    },
  ],
  [
    'anything that is seen, once it was learnt',
    'String(value) holds learnt-here',
    () => {
      keepSecret('learnt-here')
      see('value', { toString: () => 'learnt-here' })
    },
  ],
]

describe('the leak oracle finds what was planted in', () => {
  test.each(leaks)('%s', async (_, found, leak) => {
    await leak()
    expect((await findLeaks()).join('\n')).toContain(found)
    expect(await findLeaks()).toEqual([])
  })
})

// The same leaks again: the oracle runs after every test of this folder, so each of these would pass without it.
describe('a test fails when a secret is in', () => {
  test.fails.each(leaks)('%s', async (place, _, leak) => {
    await leak()
    expect(place).toBeDefined()
  })
})

test('A15: a provider, however it is printed, shows no secret', async () => {
  const { provider } = await scene()
  const metadata = { token_endpoint: 'https://id.acme.example/token' }
  const everything = [provider(), new Provider({ name: 'acme', metadata }, confidential), provider().grant(Pkce)]
  for (const value of everything) see('provider', value)
  expect(JSON.stringify(everything)).not.toContain(clientSecret)
})

test('A14: what a server echoes of a further parameter is cut out, too', async () => {
  const { provider } = await scene({ status: 400, json: { error: 'canary-refresh-token' } })
  const error = await errorOf(
    provider()
      .grant(ClientCredentials)
      .requestToken({ parameters: { x: 'canary-refresh-token' } }),
  )
  expect(error.oauth?.error).toBe('[redacted]')
})
