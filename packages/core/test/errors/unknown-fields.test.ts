import { type ClientRegistration, Provider, type ProviderOptions } from '../../src/index.ts'
import { describe, expect, test } from 'vitest'
import { metadata } from '../support/acme.ts'
import { errorOf } from '../support/scene.ts'

const acme = { name: 'acme', metadata }
const fetch = (): never => expect.fail('nothing is sent')

describe('a field that does not exist is refused, with what to write: in the client', () => {
  test.each([
    ['client_id', 'write "clientId"'],
    ['client_secret', 'write "clientSecret"'],
    ['secret', 'write "clientSecret"'],
    ['redirect_uri', 'write "redirectUri"'],
    ['redirectUris', 'write "redirectUri"'],
    ['redirectURI', 'write "redirectUri"'],
    ['authentification', 'write "authentication"'],
    ['token_endpoint_auth_method', 'write "authentication"'],
    ['scope', 'there are clientId, clientSecret, redirectUri'],
    ['__proto', 'there are clientId'],
  ])('%s: %s', async (field, hint) => {
    const client = { clientId: 'cid', [field]: 'canary' } as ClientRegistration
    const error = await errorOf(() => new Provider(acme, client))
    expect(error).toMatchObject({ code: 'config_invalid', action: 'fix_configuration' })
    expect(error.message).toContain(`"${field}" is not a field of the client: ${hint}`)
  })

  test('of its signingKey', async () => {
    const definition = {
      ...acme,
      clientAuthentication: { secretJwt: { algorithm: 'ES256', audience: 'https://a.example' } },
    }
    const signingKey = { privateKey: 'canary', keyID: 'k', issuer: 't' } as never
    const error = await errorOf(() => new Provider(definition as typeof acme, { clientId: 'cid', signingKey }))
    expect(error.message).toBe('"keyID" is not a field of the signingKey: write "keyId"')
  })
})

describe('in the options', () => {
  const client = { clientId: 'cid' }
  const message = async (action: () => unknown) => {
    const error = await errorOf(async () => action())
    expect(error.code).toBe('config_invalid')
    return error.message
  }

  test.each([
    [{ timout: 5 }, '"timout" is not a field of the options of a provider: write "timeout"'],
    [{ onevent: () => 0 }, '"onevent" is not a field of the options of a provider: write "onEvent"'],
    [{ insecure: true }, '"insecure" is not a field of the options of a provider: there are fetch, timeout'],
    [{ limits: { tokens: 5 } }, '"tokens" is not a field of the limits: write "token"'],
    [null, 'the options of a provider have to be an object, not null'],
    [{ limits: null }, 'the limits have to be an object, not null'],
    [{ clock: null }, 'clock has to be { now(): number'],
  ])('of a provider: %j', async (options, said) => {
    expect(await message(() => new Provider(acme, client, options as ProviderOptions))).toContain(said)
  })

  test.each([
    [{ sginal: undefined }, '"sginal" is not a field of the options of discover: write "signal"'],
    [{ definitions: {} }, '"definitions" is not a field of the options of discover: write "definition"'],
    [{ timout: 5 }, '"timout" is not a field of the options of discover: write "timeout"'],
    [null, 'the options of discover have to be an object, not null'],
  ])('of discover: %j', async (options, said) => {
    const discover = () => Provider.discover(metadata.issuer, client, { fetch, ...options })
    expect(
      await message(options ? discover : () => Provider.discover(metadata.issuer, client, null as never)),
    ).toContain(said)
  })

  test.each([
    [{ singal: undefined }, '"singal" is not a field of the options of revoke: write "signal"'],
    [null, 'the options of revoke have to be an object, not null'],
  ])('of revoke: %j', async (options, said) => {
    const provider = new Provider(acme, client, { fetch })
    expect(await message(() => provider.revoke('canary-refresh-token', options as never))).toContain(said)
  })
})
