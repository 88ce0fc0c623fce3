import type { TokenResponseDeviations } from '../../definition/response-deviations.ts'
import { GrantError } from '../../errors/grant-error.ts'
import type { OAuthAnswer } from '../../transport/transport.ts'
import { parseForm } from '../../wire/form.ts'
import { isObject, parseJson } from '../../wire/json.ts'
import { type NormalisedAnswer, normaliseError } from './error.ts'
import { countLives } from './lifetime.ts'
import { dropAbsent, joinScope, type Members, placeMembers } from './members.ts'
import type { Used } from './used.ts'

/** A token answer as RFC 6749 §5 has it, so that the strict core can read it. What the definition does not declare stays as it is, and is refused there. */
export function normaliseTokenAnswer(
  answer: NormalisedAnswer,
  deviations: TokenResponseDeviations,
  now: number,
  used: Used,
): NormalisedAnswer {
  const parsed = answer.failed ? undefined : parse(answer, deviations, used)
  if (!isObject(parsed)) return answer
  const error = deviations.error && normaliseError(answer, parsed, deviations.error, used)
  if (error) return error
  const declared = answer.status !== 200 && deviations.statuses?.includes(answer.status)
  if (answer.status !== 200 && !declared) return answer
  if (declared) used('tokenResponse.statuses')
  const members = placeMembers(parsed, deviations, used)
  dropAbsent(members, deviations, used)
  countLives(members, deviations, now, used)
  joinScope(members, deviations, used)
  typeToken(members, deviations, used)
  return { status: 200, headers: answer.headers, body: write(members) }
}

/** An answer to a revocation, with the status that RFC 7009 §2.2 has. */
export function normaliseRevocation(
  answer: NormalisedAnswer,
  statuses: readonly number[] | undefined,
  { error: rules }: TokenResponseDeviations,
  used: Used,
): NormalisedAnswer {
  const error = rules && normaliseError(answer, parseJson(answer.body), rules, used)
  if (error) return error
  if (answer.failed || answer.status === 200 || !statuses?.includes(answer.status)) return answer
  used('revocation.statuses')
  return { ...answer, status: 200 }
}

function parse({ headers, body }: OAuthAnswer, { formEncoded }: TokenResponseDeviations, used: Used): unknown {
  const json = parseJson(body)
  if (json !== undefined || !formEncoded) return json
  const form = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')
  if (!form && !/(?:^|&)(?:access_token|error)=/.test(body)) return undefined
  used('tokenResponse.formEncoded')
  return Object.fromEntries(parseForm(body))
}

function typeToken(members: Members, { tokenType }: TokenResponseDeviations, used: Used): void {
  const { token_type: sent } = members
  if (tokenType === undefined || (typeof sent === 'string' && sent.toLowerCase() === 'bearer')) return
  used('tokenResponse.tokenType')
  members['token_type'] = tokenType
}

function write(members: Members): string {
  try {
    return JSON.stringify(members)
  } catch (error) {
    throw new GrantError('token_response_invalid', 'the token answer is nested too deep', { cause: error })
  }
}
