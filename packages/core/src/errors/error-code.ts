/**
 * What the caller of a failed call should do about it.
 *
 * - `fix_configuration`: something that was passed, or is registered at the provider, has to change first
 * - `reauthorize`: offer the user another login; pass `error.required` to `authorize`
 * - `retry`: nothing is wrong, and the same call may succeed later: after `error.retryAfter` seconds, if it is set
 * - `report`: the provider or the API misbehaves, and a person has to look at it
 * - `none`: the caller or the user caused it
 */
export type GrantErrorAction = 'reauthorize' | 'retry' | 'fix_configuration' | 'report' | 'none'

/**
 * Every stable error code of this library, by its {@link GrantErrorAction}. A new code is a feature; a code whose meaning
 * changes is a breaking change.
 *
 * `fix_configuration`:
 * - `config_invalid`: what was passed cannot work; the message says what to write instead
 * - `insecure_url`: a URL would send a secret in plain text, or to a private address that is refused
 * - `metadata_invalid`: the metadata is not a valid RFC 8414 document
 * - `discovery_failed`: the issuer publishes no metadata; `retry` after a 5xx or 429, `report` for a broken document
 * - `pkce_unsupported`: the metadata lists no `S256`
 * - `origin_not_allowed`: the token would go to an origin that the definition does not list
 * - `issuer_mismatch`, `issuer_missing`: metadata, a callback or a transaction belongs to another issuer (RFC 9207)
 *
 * `reauthorize`:
 * - `state_mismatch`, `callback_invalid`: the callback does not belong to the transaction, or is not a valid callback
 * - `transaction_expired`, `transaction_used`: the login took too long, or was completed already
 * - `reauthorization_required`: the refresh token no longer works (`invalid_grant`)
 * - `scope_insufficient`, `step_up_required`: the API requires another scope, or a stronger or more recent login
 *
 * `retry`:
 * - `network_error`, `timeout`: there was no response, no complete one, or none within the deadline
 * - `rate_limited`: the server asks the client to wait (429)
 * - `store_failed`: the token store could not be read or written
 *
 * `report`:
 * - `token_error`: an error response of the server, in `error.oauth`; its action follows the OAuth error:
 *   `fix_configuration` for `invalid_client`, `unauthorized_client`, `unsupported_grant_type`, `invalid_scope` and a bare 401
 *   or 404, `reauthorize` for `invalid_grant`, `retry` for a 5xx, else `report`
 * - `authorization_error`: an error in the callback; its action follows the OAuth error as well
 * - `token_response_invalid`, `token_type_unsupported`, `token_type_mismatch`: the token response breaks the rules
 * - `id_token_invalid`: the ID token cannot be trusted; `retry` or `fix_configuration` where its keys could not be fetched
 * - `userinfo_invalid`: the claims about the user cannot be trusted, or are about somebody else (OpenID Connect Core §5.3.2)
 * - `logout_token_invalid`: the logout token cannot be trusted, and logs nobody out (Back-Channel Logout §2.6)
 * - `api_error`: an error response of the API
 * - `response_too_large`, `redirect_refused`: the response is larger than its limit, or a redirect
 *
 * `none`:
 * - `authorization_denied`: the user denied access, and only the user can change that
 * - `aborted`: the caller's signal aborted the call
 */
export type GrantErrorCode =
  | 'config_invalid'
  | 'insecure_url'
  | 'metadata_invalid'
  | 'discovery_failed'
  | 'pkce_unsupported'
  | 'origin_not_allowed'
  | 'issuer_mismatch'
  | 'issuer_missing'
  | 'state_mismatch'
  | 'transaction_expired'
  | 'transaction_used'
  | 'callback_invalid'
  | 'authorization_denied'
  | 'authorization_error'
  | 'reauthorization_required'
  | 'scope_insufficient'
  | 'step_up_required'
  | 'api_error'
  | 'token_error'
  | 'token_response_invalid'
  | 'token_type_unsupported'
  | 'token_type_mismatch'
  | 'id_token_invalid'
  | 'userinfo_invalid'
  | 'logout_token_invalid'
  | 'response_too_large'
  | 'redirect_refused'
  | 'timeout'
  | 'network_error'
  | 'rate_limited'
  | 'store_failed'
  | 'aborted'

/** The action of each code, unless an error says otherwise. */
export const actionOf: Readonly<Record<GrantErrorCode, GrantErrorAction>> = {
  config_invalid: 'fix_configuration',
  insecure_url: 'fix_configuration',
  metadata_invalid: 'fix_configuration',
  discovery_failed: 'fix_configuration',
  pkce_unsupported: 'fix_configuration',
  origin_not_allowed: 'fix_configuration',
  issuer_mismatch: 'fix_configuration',
  issuer_missing: 'fix_configuration',
  state_mismatch: 'reauthorize',
  transaction_expired: 'reauthorize',
  transaction_used: 'reauthorize',
  callback_invalid: 'reauthorize',
  authorization_denied: 'none',
  authorization_error: 'report',
  reauthorization_required: 'reauthorize',
  scope_insufficient: 'reauthorize',
  step_up_required: 'reauthorize',
  api_error: 'report',
  token_error: 'report',
  token_response_invalid: 'report',
  token_type_unsupported: 'report',
  token_type_mismatch: 'report',
  id_token_invalid: 'report',
  userinfo_invalid: 'report',
  logout_token_invalid: 'report',
  response_too_large: 'report',
  redirect_refused: 'report',
  timeout: 'retry',
  network_error: 'retry',
  rate_limited: 'retry',
  store_failed: 'retry',
  aborted: 'none',
}
