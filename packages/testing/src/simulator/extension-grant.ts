import type { Incoming } from './incoming.ts'
import { expectThat, Refusal } from './refusal.ts'

/** The parameters that a grant of an extension has to have, by grant type. Throws a refusal. */
export function checkExtensionGrant(grantType: string, parameters: Incoming['parameters']): void {
  for (const name of requiredParameters[grantType] ?? [])
    expectThat(parameters.has(name), `the parameter ${name} is missing`)
  if (grantType === tokenExchange && parameters.has('actor_token') !== parameters.has('actor_token_type'))
    throw new Refusal('invalid_request', 'actor_token and actor_token_type belong together')
}

const tokenExchange = 'urn:ietf:params:oauth:grant-type:token-exchange'

const requiredParameters: Readonly<Record<string, readonly string[]>> = {
  [tokenExchange]: ['subject_token', 'subject_token_type'],
  'urn:ietf:params:oauth:grant-type:jwt-bearer': ['assertion'],
  'urn:ietf:params:oauth:grant-type:saml2-bearer': ['assertion'],
}
