import {
  ClientCredentials,
  Grant,
  type GrantOptions,
  Pkce,
  Provider,
  type ProviderDefinition,
  Refresh,
  type Token,
} from '@grantkit/core'
import { expect, expectTypeOf, test } from 'vitest'

const metadata = {
  token_endpoint: 'https://id.acme.example/token',
  authorization_endpoint: 'https://id.acme.example/authorize',
}
const preset: ProviderDefinition<'read' | 'write'> = {
  name: 'acme',
  metadata,
  scopes: { read: { description: 'Read.' }, write: { description: 'Write.' } },
}
const client = { clientId: 'cid', clientSecret: 'canary', redirectUri: 'https://app.example/cb' }

class Custom<Scope extends string = string> extends Grant<Scope> {
  static readonly grantType = 'urn:example:custom'
  readonly flavour = 'vanilla' as const
  requestToken(assertion: string, options?: GrantOptions<Scope>): Promise<Token> {
    return this.tokenRequest({ assertion }, options)
  }
}

test("a preset's scopes are known to its grants: a misspelt one does not compile", async () => {
  const provider = new Provider(preset, client)
  expectTypeOf(provider).toEqualTypeOf<Provider<'read' | 'write'>>()
  await provider.grant(Pkce).authorize({ scope: ['read', 'write'] })
  // @ts-expect-error 'reed' is not a scope of this provider
  await provider.grant(Pkce).authorize({ scope: ['reed'] })
  // @ts-expect-error 'reed' is not a scope of this provider
  expectTypeOf(provider.grant(ClientCredentials).requestToken).toBeCallableWith({ scope: ['reed'] })
  expectTypeOf(provider.grant(Refresh).requestToken).toBeCallableWith('canary', { scope: ['read'] })
  // @ts-expect-error 'reed' is not a scope of this provider
  expectTypeOf(provider.grant(Custom).requestToken).toBeCallableWith('a', { scope: ['reed'] })
})

test('a plain definition takes any text as a scope', async () => {
  const provider = new Provider({ name: 'acme', metadata }, client)
  expectTypeOf(provider).toEqualTypeOf<Provider>()
  const { transaction } = await provider.grant(Pkce).authorize({ scope: ['anything'] })
  expect(transaction.scope).toEqual(['anything'])
})

test('a grant keeps the methods of its class', () => {
  const grant = new Provider(preset, client).grant(Custom)
  expectTypeOf(grant.flavour).toEqualTypeOf<'vanilla'>()
  expect(grant.flavour).toBe('vanilla')
  // @ts-expect-error client credentials have no user to authorize
  expect(new Provider(preset, client).grant(ClientCredentials).authorize).toBeUndefined()
})

test('a class that is no grant does not compile', () => {
  // @ts-expect-error Date is not a Grant
  expect(() => new Provider(preset, client).grant(Date)).toThrow()
})
