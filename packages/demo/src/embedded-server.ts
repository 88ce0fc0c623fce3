import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from '@grantkit/testing/server'
import { randomId } from './sessions/random-id.ts'

/** Registered without a port, so that the app may listen on any (RFC 8252 §7.3). */
const redirectUris = ['http://127.0.0.1/callback']

/** Starts the authorization server that the demo brings along: it behaves like Spotify, and knows two clients. */
export function startEmbeddedServer(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const service = { clientId: 'grantkit-demo-service', clientSecret: randomId(), redirectUris }
  const app = { clientId: 'grantkit-demo', name: 'The Grantkit demo', redirectUris }
  return startAuthorizationServer({ like: 'spotify', clients: [app, service], ...options })
}
