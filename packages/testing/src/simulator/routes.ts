import type { ProviderDefinition } from '@grantkit/core'
import type { RecordedRequest } from '../recorded-request.ts'
import { Refusal } from './refusal.ts'
import { grantRules, type RequestRules } from './rules.ts'

/** The grant that a request is for: by its endpoint, then by its grant type. Throws `unsupported_grant_type`; undefined where no grant is run at the path. */
export function findGrant(request: RecordedRequest, definition: ProviderDefinition): RequestRules | undefined {
  const here = grantRules(definition).filter(({ path }) => new URL(path, 'http://x').pathname === request.path)
  if (here.length === 0) return undefined
  const said = parametersOf(request)
  const found = here.find((rules) => {
    const name = rules.renamed['grant_type'] ?? 'grant_type'
    return rules.wireGrantType === undefined ? fitsUntyped(rules, said) : said.get(name) === rules.wireGrantType
  })
  if (found) return found
  throw new Refusal(
    'unsupported_grant_type',
    `no grant of this endpoint is called ${said.get('grant_type') ?? 'nothing'}`,
  )
}

/** Without a type, a grant is told by the parameter that only it has. */
function fitsUntyped({ grantType, renamed }: RequestRules, said: URLSearchParams): boolean {
  if (said.has('grant_type')) return false
  const own = { authorization_code: 'code', refresh_token: 'refresh_token' }[grantType]
  return own === undefined || said.has(renamed[own] ?? own)
}

/** Whatever a request says, wherever it says it: which of that is right is for the rules of its grant. */
function parametersOf({ url, body }: RecordedRequest): URLSearchParams {
  const said = new URL(url).searchParams
  const more = body.startsWith('{')
    ? Object.entries(JSON.parse(body) as Record<string, string>)
    : new URLSearchParams(body)
  for (const [name, value] of more) said.set(name, value)
  return said
}
