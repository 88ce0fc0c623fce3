import { X509Certificate } from 'node:crypto'
import { authorizedFetch, Provider } from '@grantkit/core'
import { nodeFetch } from '@grantkit/core/node'
import { describe, expect, test } from 'vitest'
import { certificateFor } from '../support/certificates.ts'
import { onBun } from '../support/runtime.ts'
import { faultServer } from '../support/servers.ts'
import { clientId, logIn, reasonOf, redirectUri, refresh, type Row, stageOf } from './stage.ts'

// What only Node can do: certificates, and an app that listens for logout tokens.

describe.each(['tls_client_auth', 'self_signed_tls_client_auth'] as const)('mTLS: %s', (authentication) => {
  test.runIf(!onBun).each([undefined, 'fapi-2.0'] as const)(
    'a login, a refresh, a call and a refusal (profile %s)',
    async (profile) => {
      const [own, tls] = [certificateFor('DNS:client.example'), certificateFor('IP:127.0.0.1')]
      const { raw, publicKey } = new X509Certificate(own.cert)
      const x5c = [raw.toString('base64')]
      const fetch = nodeFetch({ tls: { ca: tls.cert, cert: own.cert, key: own.key } })
      const row: Row = {
        name: 'mTLS',
        server: { tls: { ...tls, ca: own.cert }, ...(profile && { profile }) },
        registered: {
          authentication,
          keys: [{ ...publicKey.export({ format: 'jwk' }), x5c }],
          metadata: { tls_client_certificate_bound_access_tokens: true, tls_client_auth_san_dns: 'client.example' },
        },
        client: { authentication, ...(profile && { idTokenSigningAlgorithm: 'PS256' }) },
        options: { fetch, ...(profile && { profile }) },
        failure: ['', async () => undefined],
      }
      const stage = await stageOf(row)
      const { token_endpoint: alias = '' } = stage.server.metadata['mtls_endpoint_aliases'] as Record<string, string>
      const guarded = new URL(alias).origin
      const call = async (token: { accessToken: string }): Promise<number> => {
        const api = authorizedFetch(stage.provider.tokenSource({ token: token as never }), {
          origins: [guarded],
          fetch,
        })
        return (await api(`${guarded}/api/echo`)).status
      }
      const token = await logIn(stage)
      expect(await call(token)).toBe(200)
      expect(await call(await refresh(stage, token))).toBe(200)
      const without = stage.other({ fetch: nodeFetch({ tls: { ca: tls.cert } }), ...(profile && { profile }) })
      expect(await reasonOf(logIn(stage, {}, without))).toBe('invalid_client')
    },
  )
})

describe('logout', () => {
  test('at the request of the app', async () => {
    const stage = await stageOf({ name: 'logout', failure: ['', async () => undefined] })
    const token = await logIn(stage)
    const url = stage.provider.logoutUrl({ idToken: token.idToken ?? '', returnTo: redirectUri, state: 'bye' })
    expect(await stage.server.logOut(url)).toBe(`${redirectUri}?state=bye`)
    const elsewhere = stage.provider.logoutUrl({ idToken: token.idToken ?? '', returnTo: 'https://evil.example/' })
    await expect(stage.server.logOut(elsewhere)).rejects.toThrow('not registered')
  })

  test('at the request of the server', async () => {
    const app = await faultServer()
    await app.reply('/logout', { status: 200, text: '' })
    const metadata = { backchannel_logout_uri: `${app.url}/logout`, backchannel_logout_session_required: true }
    const stage = await stageOf({ name: 'logout', registered: { metadata }, failure: ['', async () => undefined] })
    const token = await logIn(stage)
    await stage.server.logOut(stage.provider.logoutUrl({ idToken: token.idToken ?? '' }))
    const logoutToken = (await app.requests())[0]?.form?.['logout_token'] ?? ''
    expect(await stage.provider.verifyLogoutToken(logoutToken)).toMatchObject({
      sub: 'ada',
      sid: token.claims?.['sid'],
    })
    const metadataOfOther = { name: 'acme', metadata: stage.server.metadata }
    const other = new Provider(metadataOfOther, { clientId: `not-${clientId}`, redirectUri })
    expect(await reasonOf(other.verifyLogoutToken(logoutToken))).not.toBe('')
  })
})
