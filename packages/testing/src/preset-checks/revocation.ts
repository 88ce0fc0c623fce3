import { expect } from 'vitest'
import { hasLogin, hasRefresh, hasRevocation, type ProviderCheck } from './check.ts'
import { atSimulation } from './simulation.ts'

/** Revocation. */
export const revocationChecks: readonly ProviderCheck[] = [
  {
    name: 'a token is revoked',
    applies: (preset) => hasLogin(preset) && hasRevocation(preset),
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn, refresh, provider, simulation }) => {
        const token = await logIn()
        await provider.revoke(token)
        expect(await simulation.isAlive(token.accessToken), 'the access token is still valid').toBe(false)
        if (preset.revocation?.tokens === 'access_token' || !hasRefresh(preset)) return
        await expect(refresh(token)).rejects.toMatchObject({ code: 'reauthorization_required' })
      }),
  },
]
