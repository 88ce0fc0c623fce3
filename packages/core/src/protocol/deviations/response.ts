import type { TokenResponseDeviations } from '../../definition/response-deviations.ts'
import { GrantError } from '../../errors/grant-error.ts'
import type { OAuthResponse } from '../../transport/transport.ts'
import { parseForm } from '../../wire/form.ts'
import { isObject, parseJson } from '../../wire/json.ts'
import { type NormalisedResponse, normaliseError } from './error.ts'
import { countLifetimes } from './lifetime.ts'
import { dropAbsent, joinScope, type Fields, placeFields } from './fields.ts'
import type { Reading, Used } from './used.ts'

/** A token response in the form of RFC 6749 §5, which the strict core reads. What the definition does not declare stays as it is, and is refused there. */
export function normaliseTokenResponse(
  response: NormalisedResponse,
  deviations: TokenResponseDeviations,
  { now, used }: Reading,
): NormalisedResponse {
  const parsed = response.failed ? undefined : parse(response, deviations, used)
  if (!isObject(parsed)) return response
  const error = deviations.error && normaliseError({ response, fields: parsed }, deviations.error, used)
  if (error) return error
  const declared = response.status !== 200 && deviations.statuses?.includes(response.status)
  if (response.status !== 200 && !declared) return response
  if (declared) used('tokenResponse.statuses')
  const fields = placeFields(parsed, deviations, used)
  dropAbsent(fields, deviations, used)
  countLifetimes(fields, deviations, { now, used })
  joinScope(fields, deviations, used)
  typeToken(fields, deviations, used)
  return { status: 200, headers: response.headers, body: write(fields) }
}

/** What a definition declares for a response to a revocation. */
interface RevocationRules {
  readonly statuses: readonly number[] | undefined
  readonly error: TokenResponseDeviations['error']
}

/** A response to a revocation, with the status that RFC 7009 §2.2 requires. */
export function normaliseRevocation(
  response: NormalisedResponse,
  { statuses, error: rules }: RevocationRules,
  used: Used,
): NormalisedResponse {
  const error = rules && normaliseError({ response, fields: parseJson(response.body) }, rules, used)
  if (error) return error
  if (response.failed || response.status === 200 || !statuses?.includes(response.status)) return response
  used('revocation.statuses')
  return { ...response, status: 200 }
}

function parse({ headers, body }: OAuthResponse, { formEncoded }: TokenResponseDeviations, used: Used): unknown {
  const json = parseJson(body)
  if (json !== undefined || !formEncoded) return json
  const form = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')
  if (!form && !/(?:^|&)(?:access_token|error)=/.test(body)) return undefined
  used('tokenResponse.formEncoded')
  return Object.fromEntries(parseForm(body))
}

function typeToken(fields: Fields, { tokenType }: TokenResponseDeviations, used: Used): void {
  const { token_type: sent } = fields
  if (tokenType === undefined || (typeof sent === 'string' && /^(?:bearer|dpop)$/i.test(sent))) return // a bound token stays one
  used('tokenResponse.tokenType')
  fields['token_type'] = tokenType
}

function write(fields: Fields): string {
  try {
    return JSON.stringify(fields)
  } catch (error) {
    throw new GrantError('token_response_invalid', 'the token response is nested too deeply', { cause: error })
  }
}
