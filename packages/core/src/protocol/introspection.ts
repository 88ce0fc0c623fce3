import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownOptions } from '../errors/unknown-fields.ts'
import { Token } from '../token/token.ts'
import { parseJson } from '../wire/json.ts'
import { brokenIntrospection, type Introspection, readIntrospection } from './introspection-response.ts'
import { mediaType } from './media-type.ts'
import { tokenError } from './oauth-error.ts'
import { withoutFlaw } from './openid/flaw.ts'
import { checkIssuedAt } from './openid/times.ts'
import type { IdTokenVerifier } from './openid/verifier.ts'
import type { BehindPort } from './provider-port.ts'

/** What {@link Provider.introspect} may be given. */
export interface IntrospectionOptions {
  /** The kind of a token that is a string: it helps the provider to find it. */
  readonly tokenTypeHint?: 'access_token' | 'refresh_token' | undefined
  /** Whether the response has to be signed (RFC 9701); a signed one is always verified. */
  readonly signed?: boolean | undefined
  /** Ends the request; it then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
}

/** Seconds after which a response cannot be to the request that was just made. */
const oldest = 600
const signedType = 'token-introspection+jwt'
const written = { what: 'the options of introspect', fields: ['tokenTypeHint', 'signed', 'signal'] }

/** Asks the provider about a token (RFC 7662 §2.1), anew each time. Rejects with `token_response_invalid`, or with what the provider said. */
export async function introspect(
  token: unknown,
  options: IntrospectionOptions,
  { context, channel, verifier }: BehindPort,
): Promise<Introspection> {
  refuseUnknownOptions(options, written)
  const { name, metadata } = context.provider
  const { tokenTypeHint = token instanceof Token ? 'access_token' : undefined, signed = false, signal } = options
  const endpoint = metadata.introspection_endpoint
  if (endpoint === undefined)
    throw new GrantError('config_invalid', `${name} has no introspection_endpoint in its metadata: add it`, {
      provider: name,
    })
  const keys = signed ? await verifier() : undefined // before anything is sent
  const response = await channel.request({
    purpose: 'introspection',
    url: new URL(endpoint),
    parameters: { token: textOf(token), token_type_hint: tokenTypeHint },
    ...(signed && { headers: { accept: `application/${signedType}` } }),
    signal,
  })
  if (response.status !== 200) throw tokenError(response, response.request)
  const isSigned = mediaType(response.headers) === `application/${signedType}`
  if (signed && !isSigned) throw brokenIntrospection(response, 'is not signed (RFC 9701 §5)')
  if (!isSigned) return readIntrospection(parseJson(response.body), response)
  const now = context.transport.clock.now() / 1000
  return readIntrospection(await verified(response.body, keys ?? (await verifier()), { name, now }), response)
}

/** The response in a signed one (RFC 9701 §5). Rejects with `token_response_invalid`, or with what went wrong when the keys were fetched. */
async function verified(
  jwt: string,
  keys: IdTokenVerifier,
  { name, now }: { readonly name: string; readonly now: number },
): Promise<unknown> {
  const flawed = { what: 'the introspection response', code: 'token_response_invalid' } as const
  const algorithms = keys.algorithms('introspection_signing_alg_values_supported')
  const { iat, token_introspection } = await keys.signed(jwt, {
    ...flawed,
    algorithms,
    types: [signedType],
    typed: true,
  })
  await withoutFlaw(name, () => checkIssuedAt(iat, { now, oldest }), flawed)
  return token_introspection
}

function textOf(token: unknown): string {
  if (token instanceof Token) return token.accessToken
  if (typeof token === 'string' && token !== '') return token
  throw new GrantError('config_invalid', 'introspect takes a Token, or an access or refresh token as a string')
}
