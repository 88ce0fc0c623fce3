import { type ProviderDefinition, Provider, Refresh, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { testClock } from '../support/clock.ts'
import { accessToken, openid, sign } from '../support/openid.ts'
import { errorOf, eventLog, redirectUri } from '../support/scene.ts'

/** Refreshes a login of an hour ago; the new ID token tells this time of authentication. */
async function refresh(later: number, idToken?: ProviderDefinition['idToken']) {
  const { server, claims } = await openid()
  const { events, onEvent } = eventLog()
  const metadata = { issuer: server.url, token_endpoint: `${server.url}/token`, jwks_uri: `${server.url}/jwks` }
  const definition = { name: 'acme', metadata, ...(idToken && { idToken }) }
  const acme = new Provider(definition, { clientId: 'cid', redirectUri }, { clock: testClock(), onEvent })
  const auth_time = Number(claims().iat) - 3600
  const before = Token.from({
    accessToken: 'canary-access',
    refreshToken: 'canary-refresh',
    claims: { ...claims(), auth_time },
  })
  const id_token = await sign({ ...claims(), auth_time: auth_time + later })
  await server.reply('/token', { json: { access_token: accessToken, token_type: 'Bearer', id_token } })
  const token = acme.grant(Refresh).requestToken(before)
  const deviations = () => events.flatMap(({ type, deviation }) => (type === 'normalised' ? [deviation] : []))
  return { token, deviations, auth_time }
}

describe('OpenID Connect Core §12.2: a refreshed ID token with a later auth_time', () => {
  test('is refused, and the message says what to declare', async () => {
    const { token, deviations } = await refresh(1800)
    const error = await errorOf(token)
    expect(error).toMatchObject({ code: 'id_token_invalid', provider: 'acme' })
    expect(error.message).toContain(`declare idToken: { authTime: 'last_sign_in' }`)
    expect(deviations()).toEqual([])
  })

  test('is accepted where the provider means the last sign-in by it, and that is an event', async () => {
    const { token, deviations, auth_time } = await refresh(1800, { authTime: 'last_sign_in' })
    expect((await token).claims?.['auth_time']).toBe(auth_time + 1800)
    expect(deviations()).toEqual(['idToken.authTime'])
  })

  test.each([{ authTime: 'login' }, { authTime: 'last_sign_in' }, undefined] as const)(
    'and one that says the same is no event, with %j',
    async (declared) => {
      const { token, deviations } = await refresh(0, declared)
      expect((await token).claims?.['sub']).toBe('ada')
      expect(deviations()).toEqual([])
    },
  )
})
