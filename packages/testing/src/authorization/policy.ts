import type { errors, interactionPolicy } from 'oidc-provider'
import type { Settings } from './settings.ts'

interface Engine {
  readonly errors: typeof errors
  readonly interactionPolicy: typeof interactionPolicy
}

/** When the user has to log in or to agree, and which requests are refused first. */
export function policy(
  { errors: { InvalidScope }, interactionPolicy: { base, Check } }: Engine,
  settings: Settings,
): interactionPolicy.Policy {
  const { consentParameter, unknownScope } = settings.dialect
  const prompts = base()
  prompts.get('consent').checks.remove('native_client_prompt') // an installed app does not ask for consent again
  const askedAgain = new Check('asked_again', 'the client wants the user to be asked', ({ oidc }) => {
    const consented = oidc.result !== undefined && 'consent' in oidc.result
    return consentParameter !== undefined && oidc.params?.[consentParameter] === 'true' && !consented
  })
  const knownScope = new Check('known_scope', 'every scope exists', ({ state }) => {
    const [unknown] = state.unknownScopes ?? []
    if (unknown === undefined) return false
    const error = new InvalidScope('the server does not know this scope', unknown)
    error.allow_redirect = unknownScope === 'callback'
    throw error
  })
  prompts.get('consent').checks.add(askedAgain)
  prompts.get('login').checks.add(knownScope, 0)
  return prompts
}
