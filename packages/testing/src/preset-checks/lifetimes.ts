import type { ProviderDefinition, Token } from '@grantkit/core'
import { expect } from 'vitest'
import type { DescribeProviderOptions } from './check.ts'

/** Lifetime of a refresh token in the simulation in seconds, if its responses include it. */
const refreshLifetime = 86_400

/** Expects the lifetimes from the responses or from the preset. */
export function expectLifetimes(
  { expiresAt, refreshExpiresAt, authorizedAt = 0 }: Token,
  preset: ProviderDefinition,
  options: DescribeProviderOptions,
): void {
  const { accessTokenLifetime = 3600 } = options.simulation ?? {}
  const expected = preset.tokenResponse?.expiresIn?.default ?? accessTokenLifetime
  const seconds = (expiry: number | undefined) =>
    expiry === undefined ? undefined : Math.abs((expiry - authorizedAt) / 1000)
  expect(Math.abs((seconds(expiresAt) ?? 0) - expected), 'the lifetime of the access token').toBeLessThan(60)
  const { absoluteLifetime = Infinity, idleLifetime = Infinity } = preset.refreshToken ?? {}
  const unused = reportsRefreshLifetime(options.simulated ?? preset) ? refreshLifetime : idleLifetime
  const refresh = Math.min(unused, absoluteLifetime)
  if (refresh === Infinity) expect(refreshExpiresAt).toBeUndefined()
  else
    expect(Math.abs((seconds(refreshExpiresAt) ?? 0) - refresh), 'the lifetime of the refresh token').toBeLessThan(60)
}

/** Whether responses include the lifetime of a refresh token. */
export function reportsRefreshLifetime({ tokenResponse = {} }: ProviderDefinition): boolean {
  return tokenResponse.refreshExpiresIn !== undefined || tokenResponse.members?.refresh_token_expires_in !== undefined
}

/** When the grant expires, if the preset defines it. */
export function grantExpiryOf({ authorizedAt = 0 }: Token, { refreshToken }: ProviderDefinition): number | undefined {
  const { absoluteLifetime } = refreshToken ?? {}
  return absoluteLifetime === undefined ? undefined : authorizedAt + absoluteLifetime * 1000
}
