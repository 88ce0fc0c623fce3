import type { interactionPolicy } from 'oidc-provider'
import type { Settings } from './settings.ts'

interface Engine {
  readonly interactionPolicy: typeof interactionPolicy
}

/** When the user has to log in or to agree. */
export function policy(
  { interactionPolicy: { base, Check } }: Engine,
  { dialect: { consentParameter } }: Settings,
): interactionPolicy.Policy {
  const prompts = base()
  prompts.get('consent').checks.remove('native_client_prompt') // an installed app does not ask for consent again
  const askedAgain = new Check('asked_again', 'the client wants the user to be asked', ({ oidc }) => {
    const consented = oidc.result !== undefined && 'consent' in oidc.result
    return consentParameter !== undefined && oidc.params?.[consentParameter] === 'true' && !consented
  })
  prompts.get('consent').checks.add(askedAgain)
  return prompts
}
