import { checkRedirectUri } from '../definition/check/redirect-uri.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import { refuseUnknownOptions } from '../errors/unknown-fields.ts'
import { formOf } from '../wire/form.ts'

/** What {@link Provider.logoutUrl} may be given (OpenID Connect RP-Initiated Logout 1.0 §2). */
export interface LogoutUrlOptions {
  /** The ID token of the login, `token.idToken`: with it, most providers ask no question. It is part of the URL. */
  readonly idToken?: string | undefined
  /** Where the user returns to: a URL that is registered at the provider for that. */
  readonly returnTo?: string | undefined
  /** Returned with the user, for you to compare. */
  readonly state?: string | undefined
  /** Who logs out, if the provider documents such a hint. */
  readonly logoutHint?: string | undefined
  /** The languages of the page, such as `'fr-CA fr'`, or an array of them. */
  readonly uiLocales?: string | readonly string[] | undefined
}

const written = {
  what: 'the options of logoutUrl',
  fields: ['idToken', 'returnTo', 'state', 'logoutHint', 'uiLocales'],
  instead: {
    idTokenHint: 'write "idToken"',
    redirectUri: 'write "returnTo"',
    postLogoutRedirectUri: 'write "returnTo"',
  },
}

/** Where a user logs out of the provider (OpenID Connect RP-Initiated Logout 1.0 §2). Throws `config_invalid` or `insecure_url`. */
export function logoutUrl(definition: ProviderDefinition, clientId: string, options: LogoutUrlOptions): URL {
  refuseUnknownOptions(options, written)
  const { name, metadata } = definition
  const { idToken, returnTo, state, logoutHint, uiLocales } = options
  if (metadata.end_session_endpoint === undefined)
    throw new GrantError(
      'config_invalid',
      `${name} has no end_session_endpoint in its metadata: add it, or end only the session of your app`,
      { provider: name },
    )
  if (returnTo !== undefined) checkRedirectUri(definition, returnTo)
  const parameters = formOf({
    id_token_hint: idToken,
    client_id: clientId,
    post_logout_redirect_uri: returnTo,
    state,
    logout_hint: logoutHint,
    ui_locales: uiLocales && [uiLocales].flat().join(' '),
  })
  const url = new URL(metadata.end_session_endpoint)
  for (const [parameter, value] of parameters) url.searchParams.set(parameter, value)
  return url
}
