import type { ClientRegistration, ProviderDefinition } from '@grantkit/core'

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
  /** The scopes to ask for; the first two of the preset that are not `openid` unless given. */
  readonly scope?: readonly string[] | undefined
}

/** The client that the checks are run with. */
export function clientOf({ redirectUri }: DescribeProviderOptions): ClientRegistration {
  return { clientId: 'preset-client', clientSecret: 'preset-secret', redirectUri: redirectUri ?? safeRedirectUri }
}

/** A redirect URI that no provider may have anything against. */
export const safeRedirectUri = 'https://app.example/callback'

/** The scopes that the checks ask for. OpenID Connect is another contract. */
export function scopeOf(preset: ProviderDefinition, { scope }: DescribeProviderOptions): readonly string[] {
  return (
    scope ??
    Object.keys(preset.scopes ?? {})
      .filter((name) => name !== 'openid')
      .slice(0, 2)
  )
}

/** Whether users log in at the provider. */
export function hasLogin({ metadata }: ProviderDefinition): boolean {
  return metadata.authorization_endpoint !== undefined
}
