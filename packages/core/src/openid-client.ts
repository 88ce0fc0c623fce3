/**
 * A bridge to openid-client: any of its functions, run on any preset, with this library's client authentication, guards
 * and normalisation.
 *
 * @packageDocumentation
 */
export { configurationOf } from './openid-client/configuration.ts'
export { grantErrorIn } from './openid-client/grant-error-in.ts'
export { tokenFrom, type TokenFromOptions } from './openid-client/token-from.ts'
export { authorizationUrl, callbackUrl, type CallbackUrlOptions } from './openid-client/urls.ts'
