import { json } from '../http/response.ts'
import type { HttpResponse } from '../http/response.ts'
import type { ApiRequest, Dialect } from './dialect.ts'

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

/** `/api/echo` returns what the token in the request grants (RFC 6750). */
async function api({ path, authorization = '', bearer }: ApiRequest): Promise<HttpResponse> {
  if (path !== '/api/echo') return json(404, { error: 'not_found' })
  const [, value] = /^bearer +(\S+)$/i.exec(authorization) ?? []
  if (value === undefined) return unauthorized('Bearer')
  const token = await bearer(value)
  if (token === undefined) return unauthorized('Bearer error="invalid_token"')
  return json(200, { sub: token.subject, scope: token.scope.join(' '), client_id: token.clientId })
}

function unauthorized(challenge: string): HttpResponse {
  return json(401, { error: 'invalid_token' }, { 'www-authenticate': challenge })
}
