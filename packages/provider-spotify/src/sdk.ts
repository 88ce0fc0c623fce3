/**
 * Grantkit tokens for Spotify's own SDK, `@spotify/web-api-ts-sdk`. It has an entry of its own, because the SDK is optional.
 *
 * @packageDocumentation
 */
export { sdkAuthentication, type SdkAuthenticationOptions } from './sdk-authentication.ts'
