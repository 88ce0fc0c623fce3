import { AuthorizationCode, Pkce, Provider } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { metadata } from '../support/acme.ts'
import { keyPair } from '../support/dpop.ts'
import { confidential } from '../support/scene.ts'

describe('an authorization request of a provider with a key', () => {
  test.each([Pkce, AuthorizationCode])('R168: names its thumbprint', async (kind) => {
    const acme = new Provider({ name: 'acme', metadata }, confidential, { dpop: await keyPair() })
    const { url } = await acme.grant(kind).authorize()
    const { proofs } = acme.tokenSource({ refreshToken: 'canary-refresh-token' }).api ?? {}
    expect(url.searchParams.get('dpop_jkt')).toBe(await proofs?.thumbprint())
  })
})
