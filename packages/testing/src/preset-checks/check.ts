import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'
import type { SimulateProviderOptions } from '../simulated-provider.ts'
import { hasGrant } from '../simulator/rules.ts'

/** One thing that every preset has to be or do. */
export interface ProviderCheck {
  /** What it is or does, as a sentence. */
  readonly name: string
  /** Whether the preset says anything that the check is about; always unless given. */
  readonly applies?: (preset: ProviderDefinition) => boolean
  /** Throws or rejects when the preset fails. */
  readonly check: (preset: ProviderDefinition, options: DescribeProviderOptions) => void | Promise<void>
}

/** What the contract of a preset has to know that the preset does not say. */
export interface DescribeProviderOptions {
  /** A redirect URI that the provider takes; `https://app.example/callback` unless given. */
  readonly redirectUri?: string | undefined
  /** The scopes to ask for; the first two of the preset that are not `openid` unless given, made-up ones where it lists none. */
  readonly scope?: readonly string[] | undefined
  /** What the simulation of the provider has to know that the preset does not say: the other side of its hooks. */
  readonly simulation?: SimulateProviderOptions | undefined
  /** What is simulated, if it is not the preset itself: for a test that a preset which is wrong about its provider fails. */
  readonly simulated?: ProviderDefinition | undefined
}

/** The client that the checks are run with. */
export function clientOf({ redirectUri }: DescribeProviderOptions): ClientRegistration {
  return { clientId: 'preset-client', clientSecret: 'preset-secret', redirectUri: redirectUri ?? safeRedirectUri }
}

/** A redirect URI that no provider may have anything against. */
export const safeRedirectUri = 'https://app.example/callback'

/** The scopes that the checks ask for. OpenID Connect has checks of its own. */
export function scopeOf({ scopes }: ProviderDefinition, { scope }: DescribeProviderOptions): readonly string[] {
  const listed = Object.keys(scopes ?? { 'made:up': {}, 'made:up:too': {} })
  return scope ?? listed.filter((name) => name !== 'openid').slice(0, 2)
}

/** Whether users log in at the provider. */
export function hasLogin({ metadata }: ProviderDefinition): boolean {
  return metadata.authorization_endpoint !== undefined
}

/** The grants that the metadata list (RFC 8414 §2); undefined where they list none. */
export function grantTypesOf({ metadata }: ProviderDefinition): readonly string[] | undefined {
  return metadata['grant_types_supported'] as readonly string[] | undefined
}

/** Whether a client gets tokens of its own there. */
export function hasClientCredentials(preset: ProviderDefinition): boolean {
  return hasGrant(preset, 'client_credentials')
}

/** Whether users log in there, for tokens that are refreshed. */
export function hasRefresh(preset: ProviderDefinition): boolean {
  return hasLogin(preset) && hasGrant(preset, 'refresh_token')
}

/** Whether tokens are revoked there. */
export function hasRevocation({ metadata, revocation }: ProviderDefinition): boolean {
  return (revocation?.endpoint ?? metadata.revocation_endpoint) !== undefined
}

/** Whether its ID tokens can be verified. */
export function hasOpenid({ metadata }: ProviderDefinition): boolean {
  return metadata.issuer !== undefined && metadata.jwks_uri !== undefined
}

/** Every scope that the preset names: its own list, and that of the metadata (RFC 8414 §2). */
export function offeredScopes({ scopes = {}, metadata }: ProviderDefinition): readonly string[] {
  return [...new Set([...Object.keys(scopes), ...(metadata.scopes_supported ?? [])])]
}

/** Whether the preset promises OpenID Connect: by a scope, or by what verifies ID tokens. */
export function offersOpenid(preset: ProviderDefinition): boolean {
  return offeredScopes(preset).includes('openid') || hasOpenid(preset)
}
