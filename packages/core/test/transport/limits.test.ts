import { ClientCredentials, Provider, type ProviderOptions } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { confidential, errorOf, publicClient, scene } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'
import { logIn, openid } from '../support/openid.ts'

type Limits = ProviderOptions['limits']
const kib = 1024
const noLimit = undefined

// What is under the cap is read, and then refused because it is not JSON.
describe('a response may have so many bytes, and not one more', () => {
  test.each<[string, Limits, number]>([
    ['1 MiB', noLimit, 1024 * kib],
    ['what is configured, if that is less', { token: 100 }, 100],
    ['what is configured, if that is more', { token: 3000 * kib }, 3000 * kib],
    ['1 MiB, if another limit is configured', { metadata: 1, keys: 1 }, 1024 * kib],
  ])('that of a token endpoint: %s', async (_, limits, cap) => {
    const { provider } = await scene({ bytes: cap }, { bytes: cap + 1 })
    const grant = provider(confidential, {}, { limits }).grant(ClientCredentials)
    expect((await errorOf(grant.requestToken())).code).toBe('token_response_invalid')
    expect((await errorOf(grant.requestToken())).code).toBe('response_too_large')
  })

  test.each<[string, Limits, number]>([
    ['512 KiB', noLimit, 512 * kib],
    ['what is configured', { metadata: 100 }, 100],
  ])('metadata: %s', async (_, limits, cap) => {
    const server = await faultServer()
    await server.reply('/.well-known/oauth-authorization-server', { bytes: cap }, { bytes: cap + 1 })
    const discover = () => errorOf(Provider.discover(server.url, publicClient, { limits }))
    expect((await discover()).code).toBe('discovery_failed')
    expect((await discover()).code).toBe('response_too_large')
  })

  test.each<[string, Limits, number]>([
    ['512 KiB', noLimit, 512 * kib],
    ['what is configured', { keys: 100 }, 100],
  ])('a set of keys: %s', async (_, limits, cap) => {
    expect((await errorOf(logIn(await openid({ limits, jwks: { bytes: cap } })))).message).toContain(
      'is not a JSON Web Key Set',
    )
    expect((await errorOf(logIn(await openid({ limits, jwks: { bytes: cap + 1 } })))).code).toBe('response_too_large')
  })

  test.each([[0], [-1], [1.5], [Number.NaN], ['1 MiB']])('and %j is not a number of them', async (bytes) => {
    const metadata = { token_endpoint: 'https://id.acme.example/token' }
    const options = { limits: { token: bytes as number } }
    const error = await errorOf(() => new Provider({ name: 'acme', metadata }, { clientId: 'cid' }, options))
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: 'limits.token has to be a number of bytes above zero',
    })
  })
})
