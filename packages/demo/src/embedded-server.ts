import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from '@grantkit/testing/server'
import { randomId } from './sessions/random-id.ts'

/** Registered without a port, so the app can listen on any port (RFC 8252 §7.3). */
const redirectUris = ['http://127.0.0.1/callback']

/** Starts the embedded authorization server, which behaves like Spotify and has two clients. */
export function startEmbeddedServer(options: AuthorizationServerOptions = {}): Promise<AuthorizationServer> {
  const service = { clientId: 'grantkit-demo-service', clientSecret: randomId(), redirectUris }
  const app = { clientId: 'grantkit-demo', name: 'The Grantkit demo', redirectUris }
  return startAuthorizationServer({ like: 'spotify', clients: [app, service], ...options })
}
