import type { ProviderDefinition, Token } from '@grantkit/core'
import { expect } from 'vitest'
import type { DescribeProviderOptions } from './check.ts'

/** A refresh token lives for a day in the simulation, if its answers say so. */
const refreshLife = 86_400

/** Expects the lives that the provider gives, or that the preset knows. */
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

/** Whether the answers say how long a refresh token lives. */
export function tellsRefreshLife({ tokenResponse = {} }: ProviderDefinition): boolean {
  return tokenResponse.refreshExpiresIn !== undefined || tokenResponse.members?.refresh_token_expires_in !== undefined
}

/** The day on which the provider ends the grant, where the preset knows one. */
export function endOf({ authorizedAt = 0 }: Token, { refreshToken }: ProviderDefinition): number | undefined {
  const { absoluteLifetime } = refreshToken ?? {}
  return absoluteLifetime === undefined ? undefined : authorizedAt + absoluteLifetime * 1000
}
