import type { ProviderDefinition } from '@grantkit/core'
import type { RecordedRequest } from '../recorded-request.ts'
import { Refusal } from './refusal.ts'
import { grantRules, type RequestRules } from './rules.ts'

/** The grant of a request, by its endpoint and grant type. Undefined if no grant uses the path. Throws `unsupported_grant_type`. */
export function findGrant(request: RecordedRequest, definition: ProviderDefinition): RequestRules | undefined {
  const here = grantRules(definition).filter(({ path }) => new URL(path, 'http://x').pathname === request.path)
  if (here.length === 0) return undefined
  const sent = parametersOf(request)
  const found = here.find((rules) => {
    const name = rules.renamed['grant_type'] ?? 'grant_type'
    return rules.wireGrantType === undefined ? fitsUntyped(rules, sent) : sent.get(name) === rules.wireGrantType
  })
  if (found) return found
  throw new Refusal(
    'unsupported_grant_type',
    `the grant type ${sent.get('grant_type') ?? '(missing)'} is not supported at this endpoint`,
  )
}

/** Without a grant type, a grant is recognized by the parameter that only it has. */
function fitsUntyped({ grantType, renamed }: RequestRules, sent: URLSearchParams): boolean {
  if (sent.has('grant_type')) return false
  const own = { authorization_code: 'code', refresh_token: 'refresh_token' }[grantType]
  return own === undefined || sent.has(renamed[own] ?? own)
}

/** All parameters of a request, from the query and the body; the rules of its grant check where they belong. */
function parametersOf({ url, body }: RecordedRequest): URLSearchParams {
  const sent = new URL(url).searchParams
  const more = body.startsWith('{')
    ? Object.entries(JSON.parse(body) as Record<string, string>)
    : new URLSearchParams(body)
  for (const [name, value] of more) sent.set(name, value)
  return sent
}
