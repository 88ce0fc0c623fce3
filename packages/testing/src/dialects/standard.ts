import { api } from './standard-api.ts'
import type { Dialect } from './dialect.ts'

/** A server that does what the specifications say. */
export const standard: Dialect = {
  paths: { authorization: '/authorize', token: '/token' },
  discovery: true,
  openid: true,
  rotation: true,
  refreshTokenLifetime: 30 * 24 * 60 * 60,
  refreshTokenLifetimeStarts: 'rotation',
  scopes: { read: 'Read your notes.', write: 'Write notes for you.' },
  apiPrefix: '/api/',
  api,
  acceptsRedirectUri: () => true,
  unknownScope: 'callback',
  callbackWithout: [],
  clientCredentialsScope: true,
  pageMessage: ({ error, description }) => (description === '' ? error : `${error}: ${description}`),
}
