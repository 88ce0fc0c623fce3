import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'
import type { SimulateProviderOptions } from '../simulated-provider.ts'
import { hasGrant } from '../simulator/rules.ts'

/** One rule that every preset has to follow. */
export interface ProviderCheck {
  /** The rule, as a sentence. */
  readonly name: string
  /** Whether the check applies to the preset. By default it does. */
  readonly applies?: (preset: ProviderDefinition) => boolean
  /** Throws or rejects when the preset fails. */
  readonly check: (preset: ProviderDefinition, options: DescribeProviderOptions) => void | Promise<void>
}

/** Options of the contract that are not part of the preset. */
export interface DescribeProviderOptions {
  /** A redirect URI that the provider accepts. By default `https://app.example/callback`. */
  readonly redirectUri?: string | undefined
  /** The scopes to request. By default the first two of the preset except `openid`, or made-up scopes if it lists none. */
  readonly scope?: readonly string[] | undefined
  /** Options of the simulation, such as the provider's side of the hooks. */
  readonly simulation?: SimulateProviderOptions | undefined
  /** The definition to simulate. By default the preset; another one tests that a wrong preset fails. */
  readonly simulated?: ProviderDefinition | undefined
}

/** The client of the checks. */
export function clientOf({ redirectUri }: DescribeProviderOptions): ClientRegistration {
  return { clientId: 'preset-client', clientSecret: 'preset-secret', redirectUri: redirectUri ?? safeRedirectUri }
}

/** A redirect URI that every provider accepts. */
export const safeRedirectUri = 'https://app.example/callback'

/** The scopes that the checks request. OpenID Connect has checks of its own. */
export function scopeOf({ scopes }: ProviderDefinition, { scope }: DescribeProviderOptions): readonly string[] {
  const listed = Object.keys(scopes ?? { 'made:up': {}, 'made:up:too': {} })
  return scope ?? listed.filter((name) => name !== 'openid').slice(0, 2)
}

/** Whether users log in at the provider. */
export function hasLogin({ metadata }: ProviderDefinition): boolean {
  return metadata.authorization_endpoint !== undefined
}

/** The grants in the metadata (RFC 8414 §2); undefined if it lists none. */
export function grantTypesOf({ metadata }: ProviderDefinition): readonly string[] | undefined {
  return metadata['grant_types_supported'] as readonly string[] | undefined
}

/** Whether the provider supports client credentials. */
export function hasClientCredentials(preset: ProviderDefinition): boolean {
  return hasGrant(preset, 'client_credentials')
}

/** Whether users log in at the provider and their tokens can be refreshed. */
export function hasRefresh(preset: ProviderDefinition): boolean {
  return hasLogin(preset) && hasGrant(preset, 'refresh_token')
}

/** Whether the provider has a revocation endpoint. */
export function hasRevocation({ metadata, revocation }: ProviderDefinition): boolean {
  return (revocation?.endpoint ?? metadata.revocation_endpoint) !== undefined
}

/** Whether its ID tokens can be verified. */
export function hasOpenid({ metadata }: ProviderDefinition): boolean {
  return metadata.issuer !== undefined && metadata.jwks_uri !== undefined
}

/** Every scope in the preset: its own list, and that of the metadata (RFC 8414 §2). */
export function offeredScopes({ scopes = {}, metadata }: ProviderDefinition): readonly string[] {
  return [...new Set([...Object.keys(scopes), ...(metadata.scopes_supported ?? [])])]
}

/** Whether the preset offers OpenID Connect: by a scope, or by an issuer and keys. */
export function offersOpenid(preset: ProviderDefinition): boolean {
  return offeredScopes(preset).includes('openid') || hasOpenid(preset)
}
