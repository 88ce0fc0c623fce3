import { ClientCredentials, GrantError, Pkce, Provider, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { leaksIn, leaksInPrint } from './support/leaks.ts'
import { keepSecret, see } from './support/oracle.ts'
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
  ])('%s', (_, text) => expect(leaksIn('text', text, [secret])).not.toEqual([]))

  test.each<[string, (text: string) => unknown]>([
    ['the message', (text) => new Error(text)],
    ['the stack', (text) => Object.assign(new Error('x'), { stack: text })],
    ['the name', (text) => Object.assign(new Error('x'), { name: text })],
    ['a member', (text) => Object.assign(new Error('x'), { response: { body: [text] } })],
    ['a hidden member', (text) => Object.defineProperty(new Error('x'), 'body', { value: text })],
    ['a member under a symbol', (text) => Object.assign(new Error('x'), { [Symbol('body')]: text })],
    ['a symbol', (text) => Object.assign(new Error('x'), { [Symbol(text)]: 1 })],
    ['the name of a member', (text) => Object.assign(new Error('x'), { [text]: 1 })],
    ['a cause', (text) => new Error('x', { cause: new Error('y', { cause: new Error(text) }) })],
    ['a cause that is no error', (text) => new Error('x', { cause: { body: text } })],
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

// The oracle runs after every test of this folder. These tests leak on purpose, and would not fail without it.
describe('a test fails when a secret', () => {
  test.fails('is in an error that is rejected with', async () => {
    const { provider } = await scene()
    const authentication = () => Promise.reject(new GrantError('config_invalid', clientSecret))
    const request = provider({ clientId: 'cid', authentication }).grant(ClientCredentials).requestToken()
    expect((await errorOf(request)).code).toBe('config_invalid')
  })

  test.fails('is in an error that nobody looks at', () => {
    expect(() => new GrantError('token_error', clientSecret)).not.toThrow()
  })

  test.fails('is in the cause of an error', () => {
    expect(new GrantError('token_error', 'x', { cause: new Error(btoa(`cid:${clientSecret}`)) }).code).toBe(
      'token_error',
    )
  })

  test.fails('is in what the provider said', () => {
    expect(new GrantError('token_error', 'x', { oauth: { error: 'x', errorUri: clientSecret } }).status).toBeUndefined()
  })

  test.fails('that the library made is in an error', async () => {
    const { provider } = await scene()
    const { transaction } = await provider().grant(Pkce).authorize()
    expect(new GrantError('state_mismatch', `the verifier is ${transaction.codeVerifier}`).code).toBe('state_mismatch')
  })

  test.fails('that the server made is in an error', async () => {
    const { provider } = await scene()
    const { accessToken } = await provider().grant(ClientCredentials).requestToken()
    expect(new GrantError('token_error', accessToken).code).toBe('token_error')
  })

  test.fails('is in an event, whoever listens', async () => {
    const { provider } = await scene()
    const { name, metadata } = { name: clientSecret, metadata: provider().definition.metadata }
    const leaky = new Provider({ name, metadata }, confidential, { onEvent: () => undefined })
    expect((await leaky.grant(ClientCredentials).requestToken()).tokenType).toBe('Bearer')
  })

  test.fails('is written to the console', () => {
    expect(console.debug({ provider: { clientSecret } })).toBeUndefined()
  })

  test.fails('is in a URL that a server saw', async () => {
    const server = await faultServer()
    await fetch(`${server.url}/userinfo?access_token=canary-access-token`)
    expect(await server.requests()).toHaveLength(1)
  })

  test.fails('that was learnt is in anything that is seen', () => {
    keepSecret('learnt-here')
    expect(see('value', { toString: () => 'learnt-here' })).toBeUndefined()
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
