import { fc, test } from '@fast-check/vitest'
import { Provider } from '@grantkit/core'
import { describe, expect, vi } from 'vitest'
import { metadata } from '../support/acme.ts'
import { cases } from '../support/cases.ts'
import { client, clock, valueOf } from '../support/offline-provider.ts'
import { document, json, text } from '../support/random-input.ts'

vi.setConfig({ testTimeout: 120_000 })

describe('metadata', () => {
  const url = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.constantFrom(
      'https://id.acme.example/token',
      'http://127.0.0.1:1/token',
      'http://id.acme.example/token',
      'https://user:canary@id.acme.example/token',
      'https://id.acme.example/a?client_id=x',
      'javascript:alert(1)',
      '//id.acme.example',
    ),
    json,
  )
  const metadataDocument = document({
    issuer: fc.oneof(fc.constant(metadata.issuer), url),
    authorization_endpoint: url,
    token_endpoint: fc.oneof(fc.constant(metadata.token_endpoint), url),
    jwks_uri: url,
    revocation_endpoint: url,
    x_endpoint: url,
    token_endpoint_auth_methods_supported: fc.oneof(
      fc.array(fc.constantFrom('client_secret_basic', 'client_secret_post', 'none')),
      json,
    ),
    code_challenge_methods_supported: fc.oneof(fc.array(fc.constantFrom('S256', 'plain')), json),
  })

  /** Where a provider may send a secret. */
  const checkEndpoints = ({ definition }: Provider): void => {
    const endpoints = Object.entries(definition.metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name))
    for (const [, endpoint] of endpoints) {
      const { protocol, hostname, hash, username } = new URL(String(endpoint))
      if (protocol !== 'https:') expect(hostname).toMatch(/^(?:127\.[\d.]+|localhost|\[::1\])$/)
      expect(hash + username).toBe('')
    }
    expect((Object.assign({}, definition.metadata) as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  }

  test.prop([metadataDocument], cases)('makes a provider or a GrantError', async (content) => {
    const given = JSON.parse(content) as never
    const provider = await valueOf(() => new Provider({ name: 'acme', metadata: given }, client))
    if (provider) checkEndpoints(provider)
  })

  test.prop([fc.oneof(metadataDocument, text), fc.constantFrom(200, 200, 200, 404, 400, 503)], cases)(
    'that is fetched makes a provider or a GrantError',
    async (content, status) => {
      const impatient = {
        now: clock.now,
        sleep: (ms: number) => (ms === 77 ? new Promise<void>(() => {}) : Promise.resolve()),
      }
      const fetch = async () => new Response(content, { status })
      const provider = await valueOf(() =>
        Provider.discover(metadata.issuer, client, { fetch, clock: impatient, timeout: 77 }),
      )
      if (!provider) return
      expect(provider.definition.metadata.issuer).toBe(metadata.issuer)
      checkEndpoints(provider)
    },
  )
})
