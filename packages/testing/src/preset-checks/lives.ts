import type { ProviderDefinition, Token } from '@grantkit/core'
import { expect } from 'vitest'
import type { DescribeProviderOptions } from './check.ts'

/** Lifetime of a refresh token in the simulation, in seconds, if its responses tell. */
const refreshLife = 86_400

/** Expects the lifetimes that the provider gives, or that the preset knows. */
export function expectLives(
  { expiresAt, refreshExpiresAt, authorizedAt = 0 }: Token,
  preset: ProviderDefinition,
  options: DescribeProviderOptions,
): void {
  const { accessTokenLifetime = 3600 } = options.simulation ?? {}
  const expected = preset.tokenResponse?.expiresIn?.default ?? accessTokenLifetime
  const seconds = (end: number | undefined) => (end === undefined ? undefined : Math.abs((end - authorizedAt) / 1000))
  expect(Math.abs((seconds(expiresAt) ?? 0) - expected), 'the life of the access token').toBeLessThan(60)
  const { absoluteLifetime = Infinity, idleLifetime = Infinity } = preset.refreshToken ?? {}
  const unused = tellsRefreshLife(options.simulated ?? preset) ? refreshLife : idleLifetime
  const refresh = Math.min(unused, absoluteLifetime)
  if (refresh === Infinity) expect(refreshExpiresAt).toBeUndefined()
  else expect(Math.abs((seconds(refreshExpiresAt) ?? 0) - refresh), 'the life of the refresh token').toBeLessThan(60)
}

/** Whether the responses tell the lifetime of a refresh token. */
export function tellsRefreshLife({ tokenResponse = {} }: ProviderDefinition): boolean {
  return tokenResponse.refreshExpiresIn !== undefined || tokenResponse.members?.refresh_token_expires_in !== undefined
}

/** When the grant expires, where the preset knows it. */
export function endOf({ authorizedAt = 0 }: Token, { refreshToken }: ProviderDefinition): number | undefined {
  const { absoluteLifetime } = refreshToken ?? {}
  return absoluteLifetime === undefined ? undefined : authorizedAt + absoluteLifetime * 1000
}
