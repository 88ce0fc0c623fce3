import { GrantError, type GrantErrorAction } from '../errors/grant-error.ts'

/** What to do about an error that a server has named in a callback (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6, RFC 8707 §2, RFC 9101 §7, RFC 9396 §5). */
const actions: Readonly<Record<string, GrantErrorAction>> = {
  invalid_request: 'fix_configuration',
  invalid_scope: 'fix_configuration',
  unauthorized_client: 'fix_configuration',
  unsupported_response_type: 'fix_configuration',
  server_error: 'retry',
  temporarily_unavailable: 'retry',
  login_required: 'reauthorize',
  interaction_required: 'reauthorize',
  consent_required: 'reauthorize',
  account_selection_required: 'reauthorize',
  unmet_authentication_requirements: 'reauthorize',
  invalid_request_uri: 'reauthorize', // a pushed request has expired: the next one is pushed anew
  invalid_request_object: 'fix_configuration',
  request_not_supported: 'fix_configuration',
  request_uri_not_supported: 'fix_configuration',
  registration_not_supported: 'fix_configuration',
  invalid_authorization_details: 'fix_configuration',
  invalid_target: 'fix_configuration',
}

/** The error of a callback that brings one instead of a code: `authorization_denied` or `authorization_error` (RFC 6749 §4.1.2.1). */
export function callbackError(
  parameters: URLSearchParams,
  about: { readonly provider: string; readonly secrets: readonly string[] },
): GrantError {
  const { provider } = about
  const error = parameters.get('error') ?? ''
  const description = parameters.get('error_description')
  const uri = parameters.get('error_uri')
  const oauth = { error, ...(description && { errorDescription: description }), ...(uri && { errorUri: uri }) }
  if (error === 'access_denied') {
    const message = `the user, or ${provider}, denied the authorization`
    return new GrantError('authorization_denied', message, { ...about, oauth })
  }
  const said = description ? ` (${description})` : ''
  const message = `${provider} refused the authorization with "${error}"${said}`
  const action = Object.hasOwn(actions, error) ? actions[error] : 'report'
  return new GrantError('authorization_error', message, { ...about, oauth, action })
}
