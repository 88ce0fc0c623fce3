const harmlessParameters: ReadonlySet<string> = new Set([
  'grant_type',
  'client_id',
  'scope',
  'redirect_uri',
  'resource',
  'client_assertion_type',
  'token_type_hint',
  'response_type',
  'response_mode',
  'code_challenge_method',
  'prompt',
  'display',
  'max_age',
  'audience',
  'subject_token_type',
  'actor_token_type',
  'requested_token_type',
])
const harmlessHeaders: ReadonlySet<string> = new Set(['accept', 'content-type', 'user-agent'])

/** Everything in a request that could be a secret: its credentials, and each header or parameter that is not known to be none. */
export function secretsOf(headers: Headers, body: URLSearchParams): string[] {
  const secrets: string[] = []
  for (const [name, value] of headers)
    if (!harmlessHeaders.has(name)) secrets.push(value, value.slice(value.indexOf(' ') + 1)) // what stands behind the scheme
  for (const [name, value] of body) if (!harmlessParameters.has(name)) secrets.push(value)
  return secrets
}
