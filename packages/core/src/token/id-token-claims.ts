/** The address of a user (OpenID Connect Core §5.1.1). */
export interface AddressClaim {
  /** The whole address, as it would be written on a letter. */
  readonly formatted?: string
  readonly street_address?: string
  /** The city. */
  readonly locality?: string
  /** The state, province or prefecture. */
  readonly region?: string
  readonly postal_code?: string
  readonly country?: string
}

/**
 * The claims of a verified ID token (OpenID Connect Core §2 and §5.1). The first five were checked; what a provider says
 * about the user is typed as the standard has it, and is as trustworthy as the provider. Other claims are `unknown`.
 */
export interface IdTokenClaims {
  /** The issuer. */
  readonly iss: string
  /** The user: unique and never reassigned within the issuer. The one claim to identify a user by. */
  readonly sub: string
  /** The clients that the ID token is for; this one is among them. */
  readonly aud: string | readonly string[]
  /** When the ID token expires, in seconds since the epoch. */
  readonly exp: number
  /** When the ID token was issued, in seconds since the epoch. */
  readonly iat: number
  /** When the user last proved who they are, in seconds since the epoch. */
  readonly auth_time?: number
  readonly nonce?: string
  /** How the user logged in, as a class that the provider documents. */
  readonly acr?: string
  /** How the user logged in, method by method (RFC 8176). */
  readonly amr?: readonly string[]
  /** The client that the ID token was issued to. */
  readonly azp?: string
  readonly at_hash?: string
  readonly c_hash?: string
  /** The session at the provider (OpenID Connect Back-Channel Logout §2.1). */
  readonly sid?: string
  /** The full name, for display. */
  readonly name?: string
  readonly given_name?: string
  readonly family_name?: string
  readonly middle_name?: string
  readonly nickname?: string
  /** A short name, which another user may have as well. */
  readonly preferred_username?: string
  readonly profile?: string
  readonly picture?: string
  readonly website?: string
  /** Whoever has this address today: not an identifier of the user. */
  readonly email?: string
  /** Some providers, Apple among them, send a string: compare with `true`, and where you need it with `'true'`. */
  readonly email_verified?: boolean | 'true' | 'false'
  readonly gender?: string
  /** `YYYY-MM-DD`, `YYYY`, or `0000-MM-DD`. */
  readonly birthdate?: string
  /** Such as `Europe/Paris`. */
  readonly zoneinfo?: string
  /** Such as `en-US`. */
  readonly locale?: string
  readonly phone_number?: string
  readonly phone_number_verified?: boolean | 'true' | 'false'
  readonly address?: AddressClaim
  /** When this information last changed, in seconds since the epoch. */
  readonly updated_at?: number
  /** Any other claim. */
  readonly [claim: string]: unknown
}
