import { authorizedFetch, type ClientSigningKey, type PlatformKey, Provider } from '@grantkit/core'
import { spotify } from '@grantkit/provider-spotify'

// A server is compiled without the types of a browser: those of Node are enough for every declaration.
const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
const key: PlatformKey = privateKey
export const signingKey: ClientSigningKey = { privateKey: key, keyId: 'my-key', issuer: 'my-team' }
export const provider = new Provider(spotify, { clientId: 'my-client' }, { fetch: globalThis.fetch })
export const api: typeof globalThis.fetch = authorizedFetch(provider.tokenSource({ refreshToken: 'from elsewhere' }))
