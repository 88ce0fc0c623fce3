import {
  AuthorizationCode,
  ClientCredentials,
  type EndpointName,
  fillVariables,
  Grant,
  GrantError,
  type GrantOptions,
  type IdTokenClaims,
  type Introspection,
  Pkce,
  Provider,
  type ProviderDefinition,
  Refresh,
  type RequiredScope,
  Token,
  type UserClaims,
} from '@grantkit/core'
import { describe, expect, expectTypeOf, test } from 'vitest'

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

test('a plain definition takes any string as a scope', async () => {
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

test('a class that is not a grant does not compile', () => {
  // @ts-expect-error Date is not a Grant
  expect(() => new Provider(preset, client).grant(Date)).toThrow()
})

test('what the next login has to ask for is taken by authorize with every preset, and a misspelt literal is not', async () => {
  const error = new GrantError('scope_insufficient', 'the token lacks a scope', {
    required: { scope: ['write' as RequiredScope], acrValues: ['gold'], maxAge: 300, resource: 'https://api.example/' },
  })
  for (const login of [
    new Provider(preset, client).grant(Pkce),
    new Provider({ name: 'acme', metadata }, client).grant(Pkce),
  ]) {
    const { url } = await login.authorize(error.required)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      scope: 'write',
      acr_values: 'gold',
      max_age: '300',
      resource: 'https://api.example/',
    })
  }
  const login = new Provider(preset, client).grant(Pkce)
  const { transaction } = await login.authorize({ scope: ['read', ...(error.required?.scope ?? [])] })
  expect(transaction.scope).toEqual(['read', 'write'])
  // @ts-expect-error 'reed' is not a scope of this provider
  await login.authorize({ scope: ['reed', ...(error.required?.scope ?? [])] })
  // @ts-expect-error a plain string may be misspelt
  await login.authorize({ scope: [error.message] }).catch(() => undefined)
  const authorizationCode = new Provider(preset, client).grant(AuthorizationCode)
  expectTypeOf(authorizationCode.authorize).toBeCallableWith(error.required)
})

test('a code needs its transaction, or a method that says that the state was checked', async () => {
  const login = new Provider(preset, client).grant(Pkce)
  expectTypeOf(login.exchangeCode).toBeCallableWith({ code: 'canary' }, { scope: ['read'] })
  // @ts-expect-error there is no transaction
  expectTypeOf(login.requestToken).toBeCallableWith({ code: 'canary' })
  // @ts-expect-error the state is compared by requestToken
  await expect(login.exchangeCode({ code: 'canary', state: 'x' })).rejects.toThrow('use requestToken')
})

test('the standard claims of an ID token are typed, and others are unknown', () => {
  const claims = {
    iss: 'https://id.acme.example',
    sub: 'ada',
    aud: 'cid',
    exp: 2,
    iat: 1,
    email: 'ada@mail.example',
    tid: 7,
  }
  const token = Token.from({ accessToken: 'canary', claims })
  expectTypeOf(token.claims).toEqualTypeOf<IdTokenClaims | undefined>()
  const verified = token.claims ?? expect.fail('there are no claims')
  const { sub, iss, aud, exp, email, email_verified, name, address, updated_at } = verified
  expectTypeOf({ sub, iss }).toEqualTypeOf<{ sub: string; iss: string }>()
  expectTypeOf(aud).toEqualTypeOf<string | readonly string[]>()
  expectTypeOf(exp).toEqualTypeOf<number>()
  expectTypeOf({ email, name }).toEqualTypeOf<{ email: string | undefined; name: string | undefined }>()
  expectTypeOf(email_verified).toEqualTypeOf<boolean | 'true' | 'false' | undefined>()
  expectTypeOf(address?.country).toEqualTypeOf<string | undefined>()
  expectTypeOf(updated_at).toEqualTypeOf<number | undefined>()
  expectTypeOf(verified['tid']).toBeUnknown()
  expect([sub, email, verified['tid']]).toEqual(['ada', 'ada@mail.example', 7])
})

describe('a definition whose type lists its endpoints', () => {
  type Listed = 'authorization_endpoint' | 'revocation_endpoint'
  const metadataWithRevocation = { ...metadata, revocation_endpoint: 'https://id.acme.example/revoke' }
  const full: ProviderDefinition<'read', Listed> = { name: 'acme', metadata: metadataWithRevocation }
  const machine: ProviderDefinition<'read', 'token_endpoint'> = {
    name: 'acme',
    metadata: { token_endpoint: metadata.token_endpoint },
  }

  test('is told by its provider, and what was not listed stays open to any', () => {
    expectTypeOf(new Provider(full, client)).toEqualTypeOf<Provider<'read', Listed>>()
    expectTypeOf(new Provider(preset, client)).toEqualTypeOf<Provider<'read' | 'write'>>()
    expectTypeOf(new Provider(machine, client)).toExtend<Provider<'read'>>()
    expectTypeOf(fillVariables(full, {})).toEqualTypeOf<ProviderDefinition<'read', Listed>>()
  })

  test('a grant or method whose endpoint it does not have does not compile, and says so when it is run', async () => {
    const provider = new Provider(machine, client)
    expectTypeOf(provider.grant(ClientCredentials).requestToken).toBeCallableWith({ scope: ['read'] })
    expectTypeOf(provider.grant(Custom).requestToken).toBeCallableWith('assertion', { scope: ['read'] })
    // @ts-expect-error there is no authorization_endpoint
    const login = provider.grant(Pkce)
    await expect((login as unknown as Pkce).authorize()).rejects.toThrow('acme has no authorization_endpoint')
    // @ts-expect-error there is no revocation_endpoint
    await expect(provider.revoke('canary')).rejects.toThrow('revocation_endpoint')
    expectTypeOf(new Provider(full, client).revoke).toBeCallableWith('canary')
    expectTypeOf(new Provider(full, client).grant(Pkce).authorize).toBeCallableWith({ scope: ['read'] })
  })

  test('so does what comes after the token', async () => {
    const provider = new Provider(machine, client)
    const token = Token.from({ accessToken: 'canary' })
    // @ts-expect-error there is no userinfo_endpoint
    await expect(provider.userinfo(token, { subject: 'ada' })).rejects.toThrow('userinfo_endpoint')
    // @ts-expect-error there is no introspection_endpoint
    await expect(provider.introspect(token)).rejects.toThrow('introspection_endpoint')
    // @ts-expect-error there is no end_session_endpoint
    expect(() => provider.logoutUrl()).toThrow('end_session_endpoint')
    const any = new Provider(preset, client)
    expectTypeOf(any.userinfo).toBeCallableWith(token, { subject: 'ada' })
    expectTypeOf(any.userinfo).returns.resolves.toEqualTypeOf<UserClaims>()
    expectTypeOf(any.introspect).toBeCallableWith('canary', { tokenTypeHint: 'refresh_token' })
    expectTypeOf(any.logoutUrl).toBeCallableWith({ idToken: token.idToken, returnTo: 'https://app.example' })
    expectTypeOf(any.verifyLogoutToken).toBeCallableWith(new URLSearchParams().get('logout_token'))
  })

  test('what the provider says of a token is told apart by whether it can be used', () => {
    expectTypeOf<Extract<Introspection, { active: true }>['scope']>().toEqualTypeOf<readonly string[] | undefined>()
    // @ts-expect-error nothing is said of a token that cannot be used
    expectTypeOf<Extract<Introspection, { active: false }>['scope']>().toBeAny()
  })

  test('a custom grant says which endpoint it needs', () => {
    class DeviceCode extends Custom {
      readonly endpoint = 'device_authorization_endpoint'
    }
    expect(new Provider(preset, client).grant(DeviceCode).endpoint).toBe('device_authorization_endpoint')
    // @ts-expect-error there is no device_authorization_endpoint
    expect(new Provider(full, client).grant(DeviceCode)).toBeInstanceOf(DeviceCode)
  })

  test('has those that it lists, and no others', () => {
    // @ts-expect-error authorization_endpoint is listed
    const lacking: ProviderDefinition<'read', Listed> = { name: 'acme', metadata: machine.metadata }
    // @ts-expect-error revocation_endpoint is not listed
    const more: ProviderDefinition<'read', 'authorization_endpoint'> = { name: 'acme', metadata: full.metadata }
    const elsewhere: ProviderDefinition<'read', Listed> = {
      name: 'acme',
      metadata,
      revocation: { endpoint: 'https://id.acme.example/applications/revoke' },
    }
    expect([lacking, more, elsewhere].map(({ name }) => name)).toEqual(['acme', 'acme', 'acme'])
  })

  test('serves wherever any definition or provider does', () => {
    const name = (definition: ProviderDefinition<'read'>, provider: Provider<'read'>) => [definition, provider.name]
    expect(name(machine, new Provider(machine, client))).toEqual([machine, 'acme'])
  })
})

describe('a definition that describes its authorization details', () => {
  type Payment = { readonly type: 'payment'; readonly amount: string }
  type Account = { readonly type: 'account'; readonly actions: readonly ('read' | 'close')[] }
  const bank: ProviderDefinition<'read', EndpointName, Payment | Account> = {
    name: 'bank',
    metadata,
    authorizationDetailsTypes: ['payment', 'account'],
  }
  const provider = new Provider(bank, client)

  test('is known to a login: details of another shape do not compile', async () => {
    const login = provider.grant(Pkce)
    await login.authorize({ scope: ['read'], authorizationDetails: [{ type: 'payment', amount: '12.50' }] })
    expectTypeOf(provider.grant(AuthorizationCode).authorize).toBeCallableWith({
      authorizationDetails: [{ type: 'account', actions: ['read'] }],
    })
    // @ts-expect-error a payment has no actions
    await login.authorize({ authorizationDetails: [{ type: 'payment', actions: ['read'] }] })
    // @ts-expect-error 'loan' is not a type of this provider
    const refused = login.authorize({ authorizationDetails: [{ type: 'loan' }] })
    await expect(refused).rejects.toThrow(`the provider has no authorization details of the type "loan"`)
  })

  test('takes no other type into its list', () => {
    const other: ProviderDefinition<'read', EndpointName, Payment> = {
      name: 'bank',
      metadata,
      // @ts-expect-error 'account' is not a type of this provider
      authorizationDetailsTypes: ['account'],
    }
    expect(other.name).toBe('bank')
  })

  test('is used wherever a provider is', () => {
    const name = (any: Provider<'read'>) => any.name
    expect(name(provider)).toBe('bank')
  })
})
