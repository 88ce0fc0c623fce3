import { GrantError } from '../errors/grant-error.ts'
import { readBody } from '../transport/read-body.ts'
import { equalInConstantTime } from '../wire/constant-time.ts'
import { isObject, parseJson } from '../wire/json.ts'

/** A ping: the `Request` itself, or a request of a framework that has parsed its JSON body (Express, Fastify). */
export type PingRequest = Request | ParsedPing

/** A request of a framework, of which method, header and body are read. */
export interface ParsedPing {
  /** `POST`. */
  readonly method?: string | undefined
  /** By their names in lower case, as `node:http` writes them. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  /** The parsed JSON body. */
  readonly body?: unknown
}

/** What a ping is compared with. */
interface ExpectedPing {
  readonly authReqId: string
  readonly clientNotificationToken?: string
}

/** The most bytes of a ping. */
const largest = 16 * 1024

/** Checks that a ping belongs to a login (CIBA Core 1.0 §10.2). Rejects with `config_invalid`, `callback_invalid` or `state_mismatch`. */
export async function checkPing(
  request: PingRequest,
  { authReqId, clientNotificationToken: expected }: ExpectedPing,
): Promise<void> {
  if (expected === undefined)
    throw new GrantError('config_invalid', `this login was begun without a ping: write authorize({ mode: 'ping', … })`)
  if (!isObject(request) || !isObject(request.headers)) throw invalid('this is not a request: pass it whole')
  if (request.method !== 'POST') throw invalid('a ping is a POST')
  const token = /^Bearer +(\S+)$/i.exec(authorizationOf(request))?.[1]
  if (token === undefined) throw invalid('the ping has no bearer token')
  if (!equalInConstantTime(token, expected)) throw foreign('token')
  const body = await bodyOf(request)
  const named = isObject(body) ? body['auth_req_id'] : undefined
  if (typeof named !== 'string') throw invalid('the ping has no auth_req_id in a JSON body')
  if (!equalInConstantTime(named, authReqId)) throw foreign('auth_req_id')
}

function authorizationOf({ headers }: PingRequest): string {
  const value = isFetchHeaders(headers) ? headers.get('authorization') : headers['authorization']
  return typeof value === 'string' ? value : ''
}

async function bodyOf(request: PingRequest): Promise<unknown> {
  if (!isFetchRequest(request)) return request.body
  if (request.bodyUsed)
    throw invalid('the body of the ping was read already: pass { method, headers, body } with the parsed body')
  try {
    return parseJson(await readBody(request, largest))
  } catch (error) {
    throw new GrantError('callback_invalid', 'the body of the ping is too long, or broke off', { cause: error })
  }
}

function isFetchRequest(request: PingRequest): request is Request {
  return isFetchHeaders(request.headers)
}

function isFetchHeaders(headers: PingRequest['headers']): headers is Headers {
  return typeof headers['get'] === 'function'
}

function foreign(what: string): GrantError {
  return new GrantError('state_mismatch', `the ping belongs to another login (${what})`)
}

function invalid(message: string): GrantError {
  return new GrantError('callback_invalid', message)
}
