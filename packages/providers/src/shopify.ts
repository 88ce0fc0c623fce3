/**
 * The Shopify preset of Grantkit: the endpoints of a shop and their deviations, as data.
 *
 * @packageDocumentation
 */
import type { ProviderDefinition } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** A scope of Shopify's Admin and Storefront API. */
export type ShopifyScope = `${'read' | 'write'}_${string}` | `unauthenticated_${'read' | 'write'}_${string}`

const docs = 'https://shopify.dev/docs/apps/build/authentication-authorization'
const codeGrant = `${docs}/access-tokens/authorization-code-grant`
const offline = `${docs}/access-tokens/offline-access-tokens`
const reviewed = '2026-11-20'

/**
 * Shopify, for one shop: the first part of its `myshopify.com` host. The preset requests tokens that expire and can be
 * refreshed (`expiring`), and the API expects them in a special header. Shopify also signs its callbacks: a hook can check
 * the signature, in addition to the state that the library checks.
 *
 * Throws a `TypeError` for anything else.
 *
 * @example
 * ```ts
 * import { AuthorizationCode, Provider } from '@grantkit/core'
 * import { shopify } from '@grantkit/providers/shopify'
 *
 * const client = { clientId: 'my-client', clientSecret: 'my-secret', redirectUri: 'https://app.example/callback' }
 * const login = new Provider(shopify('blue-shop'), client).grant(AuthorizationCode)
 * const { url } = await login.authorize({ scope: ['read_products', 'write_orders'] })
 * url.host // => 'blue-shop.myshopify.com'
 * url.searchParams.get('scope') // => 'read_products,write_orders'
 * ```
 */
export function shopify(shop: string): ProviderDefinition<ShopifyScope, 'authorization_endpoint'> {
  if (!/^[a-z\d][a-z\d-]{0,62}$/.test(shop))
    throw new TypeError('a shop has to be the first part of its host, such as "blue-shop" of blue-shop.myshopify.com')
  const origin = `https://${shop}.myshopify.com`
  return freeze({
    name: `shopify-${shop}`,
    metadata: {
      authorization_endpoint: `${origin}/admin/oauth/authorize`,
      token_endpoint: `${origin}/admin/oauth/access_token`,
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
    apiOrigins: [origin],
    clientAuthentication: { method: 'client_secret_post', source: codeGrant },
    redirectUri: { customScheme: 'refused', source: codeGrant },
    refreshToken: { rotation: 'always', source: offline },
    scopeSeparator: ',',
    callback: { kept: ['shop'], source: codeGrant },
    grants: { authorization_code: { parameters: { expiring: '1' }, source: offline } },
    tokenResponse: { tokenType: 'Bearer', scopeSeparator: ',', source: codeGrant },
    api: { token: { header: 'X-Shopify-Access-Token' }, source: codeGrant },
    sources: [codeGrant, offline].map((url) => ({ url, read: reviewed })),
  })
}
