import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { client, clientAnswer, codeFor, flaws, tokenAnswer } from '../answers.ts'
import { prepare, type Prepared } from './json-answer.ts'

const success = prepare(200, tokenAnswer)
const forClient = prepare(200, clientAnswer)
/** A token that has expired when it arrives, so that every call of a token source refreshes. */
const endedAtOnce = prepare(200, { ...tokenAnswer, expires_in: 0 })
const flawed = Object.fromEntries(
  Object.entries(flaws).map(([name, { status, json }]) => [name, prepare(status, json)]),
)

/** The client's credentials: in the header, form-encoded (RFC 6749 §2.3.1) or as they are, or in the form. */
export function isClient({ authorization }: IncomingHttpHeaders, form: URLSearchParams): boolean {
  if (authorization === undefined) return isPair(form.get('client_id'), form.get('client_secret'))
  const [id = '', secret = ''] = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':')
  return isPair(decodeURIComponent(id), decodeURIComponent(secret))
}

function isPair(id: string | null, secret: string | null): boolean {
  return id === client.clientId && secret === client.clientSecret
}

/** The response to a token request: everything that the client has to send is looked at, every time. */
export function answerTokenRequest(path: string, headers: IncomingHttpHeaders, body: string): Prepared {
  const flaw = flawed[path.split('/')[1] ?? '']
  if (flaw) return flaw
  const form = new URLSearchParams(body)
  const wrong = isClient(headers, form) ? wrongIn(form) : 'the client is another'
  if (wrong !== undefined) return prepare(400, { error: 'invalid_request', error_description: wrong })
  if (path.startsWith('/ended')) return endedAtOnce
  return form.get('grant_type') === 'client_credentials' ? forClient : success
}

function wrongIn(form: URLSearchParams): string | undefined {
  switch (form.get('grant_type')) {
    case 'client_credentials':
      return undefined
    case 'refresh_token':
      return form.get('refresh_token') === tokenAnswer.refresh_token ? undefined : 'the refresh token is another'
    case 'authorization_code': {
      const challenge = hash('sha256', form.get('code_verifier') ?? '', 'base64url')
      if (form.get('code') !== codeFor(challenge)) return 'the verifier does not fit the challenge'
      return form.get('redirect_uri') === client.redirectUri ? undefined : 'the redirect URI is another'
    }
    default:
      return 'the grant type is another'
  }
}
