/**
 * Grantkit tokens for Spotify's own SDK, `@spotify/web-api-ts-sdk`. A separate entry, because the SDK is optional.
 *
 * @packageDocumentation
 */
export { sdkAuthentication, type SdkAuthenticationOptions } from './sdk-authentication.ts'
