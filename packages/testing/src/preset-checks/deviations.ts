import { ClientCredentials, type ProviderDefinition } from '@grantkit/core'
import { expect } from 'vitest'
import { hasClientCredentials, hasLogin, hasOpenid, hasRefresh, hasRevocation, type ProviderCheck } from './check.ts'
import { declaredPlaces } from './declared.ts'
import { atSimulation, type SimulatedScene } from './simulation.ts'

/** Deviations and their events. */
export const deviationChecks: readonly ProviderCheck[] = [
  {
    name: 'each deviation that it declares is used, and each use is an event',
    applies: hasLogin,
    check: async (preset, options) => {
      const used = [...(await atSimulation(preset, options, (scene) => useEverything(scene, preset)))]
      const others = Object.keys(preset.grants ?? {}).filter((grant) => !isRun(grant, preset))
      const expected = declaredPlaces(preset).filter(
        (place) => !others.some((grant) => place.startsWith(`grants.${grant}.`)),
      )
      expect(used).toEqual(expect.arrayContaining(expected))
      expect(used.filter((place) => !isDeclared(preset, place))).toEqual([])
    },
  },
]

/** Runs everything that a preset supports, often enough to show every deviation. */
export async function useEverything(scene: SimulatedScene, preset: ProviderDefinition): Promise<ReadonlySet<string>> {
  const { logIn, refresh, provider, scope, normalised, simulation } = scene
  const again = hasRefresh(preset) ? refresh : () => logIn()
  const token = await again(await again(await logIn()))
  if (hasOpenid(preset)) await logIn({ asked: ['openid'] })
  if (hasClientCredentials(preset)) await provider.grant(ClientCredentials).requestToken({ scope })
  if (hasRevocation(preset)) await provider.revoke(token)
  const { refreshToken = 'unknown' } = token
  await simulation.expire(refreshToken)
  await refresh(token.with({ refreshToken })).catch(() => undefined) // errors have deviations too
  return normalised()
}

/** Grants other than the usual ones are classes of the application, and cannot be run from here. */
function isRun(grant: string, preset: ProviderDefinition): boolean {
  return (
    ['authorization_code', 'refresh_token'].includes(grant) ||
    (grant === 'client_credentials' && hasClientCredentials(preset))
  )
}

function isDeclared(preset: ProviderDefinition, place: string): boolean {
  const found = place
    .split('.')
    .reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], preset)
  return found !== undefined || place.startsWith('hooks.')
}
