import { ClientCredentials, GrantError, Provider, type Token } from '@grantkit/core'
import { configurationOf } from '@grantkit/core/openid-client'
import {
  AuthorizationResponseError,
  clientCredentialsGrant,
  Configuration,
  customFetch,
  ResponseBodyError,
  type TokenEndpointResponse,
} from 'openid-client'
import { metadata } from './acme.ts'
import { someTime } from './clock.ts'
import { client, clock } from './offline-provider.ts'
import { watched } from './scene.ts'

// The same input goes through openid-client and through this library. Where their readings differ, the input has to fit
// a row, which says why.

/** What somebody makes of an input: some values, or a refusal with the OAuth error that it names. */
export type Reading = Readonly<Record<string, unknown>>

/** An input on which the readings may differ, and why. */
export interface Row<Input> {
  /** The name of its test. */
  readonly name: string
  readonly differs: (input: Input) => boolean
  /** Inputs on which they do differ. */
  readonly examples: readonly Input[]
}

/** A token response. */
export interface Received {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** A field of a response, whatever its type. */
export const fieldOf = ({ body }: Received, name: string): unknown => {
  const fields = parsed(body)
  return typeof fields === 'object' && fields !== null ? Reflect.get(fields, name) : undefined
}
/** What a body is as JSON; undefined where it is something else. */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body.replace(/^\uFEFF/, ''))
  } catch {
    return undefined
  }
}
/** Whether a field is a string of some kind. */
export const has = (name: string, fits: (value: string) => boolean) => (input: Received) => {
  const value = fieldOf(input, name)
  return typeof value === 'string' && fits(value)
}
/** Whether a value is a number of seconds, or digits in a string (RFC 6749 App. A.14). */
export const isSeconds = (value: unknown) =>
  (typeof value === 'number' && value >= 0) || (typeof value === 'string' && /^\d+$/.test(value))

/** openid-client on its own, and on the bridge. */
export type Side = 'alone' | 'on the bridge'

/** How a token response is read here. */
export async function ownReading(received: Received): Promise<Reading> {
  try {
    return readingOf(await providerOf(received).grant(ClientCredentials).requestToken())
  } catch (error) {
    return refusal(error)
  }
}

/** How openid-client reads it. */
export async function otherReading(received: Received, side: Side): Promise<Reading> {
  try {
    return rawReading(await clientCredentialsGrant(await configurations[side](received)))
  } catch (error) {
    return refusal(error)
  }
}

/** The response as a fetch has it. */
export const respond = ({ status, headers, body }: Received) => new Response(body, { status, headers })
const providerOf = (received: Received): Provider =>
  new Provider({ name: 'acme', metadata }, client, { clock, fetch: async () => respond(received), onEvent: watched() })

const configurations = {
  alone: (received: Received): Configuration => {
    const configuration = new Configuration(metadata, client.clientId, client.clientSecret)
    configuration[customFetch] = async () => respond(received)
    return configuration
  },
  'on the bridge': (received: Received): Promise<Configuration> => configurationOf(providerOf(received)),
} satisfies Record<Side, unknown>

/** A token, by the names of the standards. */
export function readingOf({ accessToken, tokenType, refreshToken, expiresAt, scope, extra }: Token): Reading {
  const { id_token: _, ...others } = extra
  return {
    accessToken,
    tokenType: tokenType.toLowerCase(),
    refreshToken,
    expiresIn: expiresAt === undefined ? undefined : (expiresAt - someTime) / 1000,
    scope: scope.join(' '),
    others: sorted(others),
  }
}

/** The fields themselves, without the strict reading of `tokenFrom`. */
export function rawReading(response: TokenEndpointResponse): Reading {
  const { access_token, token_type, refresh_token, expires_in, scope = '', id_token: _, ...rest } = response
  const { refresh_token_expires_in: _unread, ...others } = rest
  return {
    accessToken: access_token,
    tokenType: token_type,
    refreshToken: refresh_token,
    expiresIn: expires_in,
    scope,
    others: sorted(others),
  }
}

/** Fields in one order, as JSON; those that are undefined are left out. */
export function sorted(fields: object): string {
  const pairs = Object.entries(fields).filter(([, value]) => typeof value !== 'function' && value !== undefined)
  return JSON.stringify(pairs.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** A refusal. Anything else that is thrown is a defect. */
export function refusal(error: unknown): Reading {
  if (error instanceof ResponseBodyError || error instanceof AuthorizationResponseError)
    return { refused: true, error: error.error }
  if (error instanceof GrantError) return { refused: true, error: error.oauth?.error }
  return { refused: true, error: undefined }
}
