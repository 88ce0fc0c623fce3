import { Pkce, Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { errorOf, goodToken, publicClient } from '../support/scene.ts'

describe('a provider that refuses private addresses', () => {
  const honest = 'https://id.acme.example'
  const visited: string[] = []
  const fetch: typeof globalThis.fetch = async (input) => {
    visited.push(String(input))
    const { pathname } = new URL(String(input))
    return Response.json(pathname === '/token' ? { ...goodToken, id_token: 'canary.id.token' } : {})
  }

  test.each([
    'https://169.254.169.254',
    'https://[::ffff:127.0.0.1]',
    'https://0x7f000001',
    'https://2130706433',
    'https://10.0.0.1',
    'https://localhost',
  ])('A18: does not discover %s', async (issuer) => {
    const error = await errorOf(Provider.discover(issuer, publicClient, { fetch, privateAddresses: 'refused' }))
    expect(error.code).toBe('insecure_url')
    expect(visited.splice(0)).toEqual([])
  })

  test.each(['https://169.254.169.254/keys', 'https://[fd00::1]/keys', 'https://127.0.0.1/keys'])(
    'A18: fetches no keys from %s, wherever the issuer is',
    async (jwks_uri) => {
      const metadata = {
        issuer: honest,
        authorization_endpoint: `${honest}/authorize`,
        token_endpoint: `${honest}/token`,
        jwks_uri,
      }
      const options = { fetch, privateAddresses: 'refused' } as const
      const login = new Provider({ name: 'acme', metadata }, publicClient, options).grant(Pkce)
      const { transaction } = await login.authorize({ scope: ['openid'] })
      const error = await errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
      expect(error.code).toBe('insecure_url')
      expect(visited.splice(0)).toEqual([`${honest}/token`])
    },
  )
})
