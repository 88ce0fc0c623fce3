import { expect } from 'vitest'
import { hasLogin, hasRefresh, hasRevocation, type ProviderCheck } from './check.ts'
import { atSimulation } from './simulation.ts'

/** What becomes of tokens that nobody needs any more. */
export const revocationChecks: readonly ProviderCheck[] = [
  {
    name: 'a token is revoked',
    applies: (preset) => hasLogin(preset) && hasRevocation(preset),
    check: (preset, options) =>
      atSimulation(preset, options, async ({ logIn, refresh, provider, simulation }) => {
        const token = await logIn()
        await provider.revoke(token)
        expect(await simulation.isAlive(token.accessToken), 'the access token lives').toBe(false)
        if (preset.revocation?.tokens === 'access_token' || !hasRefresh(preset)) return
        await expect(refresh(token)).rejects.toMatchObject({ code: 'reauthorization_required' })
      }),
  },
]
