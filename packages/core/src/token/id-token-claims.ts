/** The address of a user (OpenID Connect Core §5.1.1). */
export interface AddressClaim {
  /** The whole address, as it would be written on a letter. */
  readonly formatted?: string
  /** The street and house number, or a post office box; it may have several lines. */
  readonly street_address?: string
  /** The city. */
  readonly locality?: string
  /** The state, province or prefecture. */
  readonly region?: string
  /** The postal code. */
  readonly postal_code?: string
  /** The country, by its name. */
  readonly country?: string
}

/**
 * Claims about a user (OpenID Connect Core §5.1). What a provider says about the user is typed as the standard has it, and is
 * as trustworthy as the provider. Other claims are `unknown`.
 */
export interface UserClaims {
  /** The user: unique and never reassigned within the issuer. The one claim to identify a user by. */
  readonly sub: string
  /** The full name, for display. */
  readonly name?: string
  /** The given names. */
  readonly given_name?: string
  /** The family names. */
  readonly family_name?: string
  /** The middle names. */
  readonly middle_name?: string
  /** The name by which the user likes to be called. */
  readonly nickname?: string
  /** A short name, which another user may have as well. */
  readonly preferred_username?: string
  /** The URL of a page about the user: not checked, so escape it. */
  readonly profile?: string
  /** The URL of a picture of the user: not checked, so escape it. */
  readonly picture?: string
  /** The URL of a website of the user: not checked, so escape it. */
  readonly website?: string
  /** The email address; it can change hands, so it does not identify the user. */
  readonly email?: string
  /** Some providers, Apple among them, send a string: compare with `true`, and where you need it with `'true'`. */
  readonly email_verified?: boolean | 'true' | 'false'
  /** `female`, `male` or another value. */
  readonly gender?: string
  /** `YYYY-MM-DD`, `YYYY`, or `0000-MM-DD`. */
  readonly birthdate?: string
  /** Such as `Europe/Paris`. */
  readonly zoneinfo?: string
  /** Such as `en-US`. */
  readonly locale?: string
  /** A telephone number, such as `+1 (425) 555-1212`. */
  readonly phone_number?: string
  /** Whether the provider has checked the number; some send a string. */
  readonly phone_number_verified?: boolean | 'true' | 'false'
  /** The postal address. */
  readonly address?: AddressClaim
  /** When this information last changed, in seconds since the epoch. */
  readonly updated_at?: number
  /** Any other claim. */
  readonly [claim: string]: unknown
}

/**
 * The claims of a verified ID token (OpenID Connect Core §2), beside those about the user. Issuer, user, audience and times
 * were checked.
 */
export interface IdTokenClaims extends UserClaims {
  /** The issuer. */
  readonly iss: string
  /** The clients that the ID token is for; this one is among them. */
  readonly aud: string | readonly string[]
  /** When the ID token expires, in seconds since the epoch. */
  readonly exp: number
  /** When the ID token was issued, in seconds since the epoch. */
  readonly iat: number
  /** When the user last proved who they are, in seconds since the epoch. */
  readonly auth_time?: number
  /** The nonce of the login, which was compared. */
  readonly nonce?: string
  /** How the user logged in, as a class that the provider documents. */
  readonly acr?: string
  /** How the user logged in, method by method (RFC 8176). */
  readonly amr?: readonly string[]
  /** The client that the ID token was issued to. */
  readonly azp?: string
  /** A hash of the access token (§3.1.3.6). */
  readonly at_hash?: string
  /** A hash of the authorization code (§3.3.2.11). */
  readonly c_hash?: string
  /** The session at the provider (OpenID Connect Back-Channel Logout §2.1). */
  readonly sid?: string
}
