import type { ProviderDefinition } from '@grantkit/core'
import { type SimulatedProvider, simulateProvider } from '@grantkit/testing/server'
import { standInFor } from './network.ts'

/** A provider that a simulation stands in for, so that a sample can have its definition as it is. */
export interface StandingIn {
  readonly simulation: SimulatedProvider
  /** What the user does in the browser: resolves to the request of the callback. */
  user(authorizationUrl: URL): Promise<Request>
  close(): Promise<void>
}

/** Starts a simulation of a provider, and lets it respond wherever the definition has an endpoint. */
export async function simulate(definition: ProviderDefinition): Promise<StandingIn> {
  const simulation = await simulateProvider(definition)
  const { metadata, grants = {} } = definition
  const endpoints = [...Object.values(metadata), ...Object.values(grants).map(({ endpoint }) => endpoint)]
  const urls = endpoints.filter((value): value is string => typeof value === 'string' && URL.canParse(value))
  for (const url of urls) standInFor(new URL(url).origin, `${simulation.url}/${new URL(url).host}`)
  return {
    simulation,
    user: ({ href }) => simulation.logIn(href.replace('https://', `${simulation.url}/`)),
    close: () => simulation.close(),
  }
}
