import { type GrantEvent, Provider, type ProviderDefinition, Refresh, type Token } from '@grantkit/core'
import { place } from '../simulator/place.ts'
import { simulateProvider } from '../simulate-provider.ts'
import type { SimulatedProvider, SimulatedUser } from '../simulated-provider.ts'
import { loginOf } from './authorization.ts'
import { type DescribeProviderOptions, scopeOf } from './check.ts'

/** A provider with a preset, connected to a simulation of that preset. */
export interface SimulatedScene {
  readonly simulation: SimulatedProvider
  readonly provider: Provider
  readonly scope: readonly string[]
  /** The deviations used so far, by their paths in the definition. */
  readonly normalised: () => ReadonlySet<string>
  /** Logs a user in. */
  readonly logIn: (options?: SimulatedUser & { readonly asked?: readonly string[] }) => Promise<Token>
  /** Uses the refresh token. */
  readonly refresh: (token: Token) => Promise<Token>
}

interface SceneOptions extends DescribeProviderOptions {
  /** Which client the provider uses; `confidential` by default. */
  readonly client?: 'public' | 'confidential'
}

/** Runs a check against the simulation of a preset. */
export async function atSimulation<T>(
  preset: ProviderDefinition,
  options: SceneOptions,
  check: (scene: SimulatedScene) => Promise<T>,
): Promise<T> {
  const { simulated = preset, redirectUri, client = 'confidential' } = options
  await using simulation = await simulateProvider(simulated, { redirectUri, ...options.simulation })
  const events: GrantEvent[] = []
  const definition = place(preset, simulation.url)
  const provider = new Provider(definition, simulation.clients[client], { onEvent: (event) => events.push(event) })
  const scope = scopeOf(preset, options)
  return await check({
    simulation,
    provider,
    scope,
    normalised: () => new Set(events.flatMap(({ deviation }) => deviation ?? [])),
    async logIn({ asked = scope, ...user } = {}) {
      const login = provider.grant(loginOf(definition))
      const { url, transaction } = await login.authorize({ scope: asked })
      return login.requestToken(await simulation.logIn(url, user), transaction)
    },
    refresh: (token) => provider.grant(Refresh).requestToken(token),
  })
}
