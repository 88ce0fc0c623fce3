import { Pkce, Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { accessToken, openid, sign } from '../support/openid.ts'
import { errorOf, eventLog, redirectUri } from '../support/scene.ts'

/** Logs in at a provider of all tenants, whose ID token has these claims. */
async function logIn(claims: (origin: string) => object, template = '{server}/{tid}/v2.0') {
  const { server, claims: usual } = await openid()
  const { events, onEvent } = eventLog()
  const definition = {
    name: 'acme',
    metadata: {
      issuer: `${server.url}/{tenantid}/v2.0`,
      authorization_endpoint: `${server.url}/a`,
      token_endpoint: `${server.url}/token`,
      jwks_uri: `${server.url}/jwks`,
    },
    idToken: { issuer: template.replace('{server}', server.url) },
  }
  const login = new Provider(definition, { clientId: 'cid', redirectUri }, { onEvent }).grant(Pkce)
  const { transaction } = await login.authorize({ scope: ['openid'] })
  const now = Math.floor(Date.now() / 1000)
  const payload = { ...usual(), iat: now, exp: now + 300, nonce: transaction.nonce, ...claims(server.url) }
  const id_token = await sign(payload)
  await server.reply('/token', { json: { access_token: accessToken, token_type: 'Bearer', id_token } })
  const token = login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
  return { token, events }
}

describe('#50: an issuer with the tenant of the user in it', () => {
  test('is compared with the claim of the same token', async () => {
    const { token, events } = await logIn((origin) => ({ tid: 't-1', iss: `${origin}/t-1/v2.0` }))
    expect((await token).claims).toMatchObject({ tid: 't-1', sub: 'ada' })
    expect(events).toContainEqual(expect.objectContaining({ type: 'normalised', deviation: 'idToken.issuer' }))
  })

  test.each([
    ['another tenant', (origin: string) => ({ tid: 't-1', iss: `${origin}/t-2/v2.0` })],
    ['no tenant', (origin: string) => ({ iss: `${origin}/undefined/v2.0` })],
    ['a tenant with a slash', (origin: string) => ({ tid: 'a/b', iss: `${origin}/a/b/v2.0` })],
    ['an empty tenant', (origin: string) => ({ tid: '', iss: `${origin}//v2.0` })],
    ['the template itself', (origin: string) => ({ tid: '{tid}', iss: `${origin}/{tid}/v2.0` })],
    ['another host', () => ({ tid: 't-1', iss: 'https://evil.example/t-1/v2.0' })],
  ])('is refused with %s', async (_name, claims) => {
    const { token } = await logIn(claims)
    expect(await errorOf(token)).toMatchObject({ code: 'id_token_invalid' })
  })
})
