import type { ProviderDefinition } from '@grantkit/core'
import { listen } from './http/loopback.ts'
import type { SimulatedProvider, SimulateProviderOptions } from './simulated-provider.ts'
import { register } from './simulator/clients.ts'
import { openInBrowser } from './simulator/pages.ts'
import { place } from './simulator/place.ts'
import { ProviderFront } from './simulator/provider.ts'

const usualRedirectUri = 'https://app.example/callback'

/**
 * Starts a provider on a port of 127.0.0.1 that behaves as a definition says: it accepts requests only in the declared
 * form, shows every declared deviation in its responses, and is strict everywhere else. Use it to try a preset without an
 * account and without a network.
 *
 * @example
 * ```ts
 * import { Pkce, Provider } from '@grantkit/core'
 * import { simulateProvider } from '@grantkit/testing/server'
 *
 * const simulation = await simulateProvider({
 *   name: 'acme',
 *   metadata: {
 *     authorization_endpoint: 'https://id.acme.example/authorize',
 *     token_endpoint: 'https://id.acme.example/token',
 *   },
 *   tokenResponse: { tokenType: 'Bearer', scopeArray: true },
 * })
 * const login = new Provider(simulation.definition, simulation.clients.public).grant(Pkce)
 * const { url, transaction } = await login.authorize({ scope: ['read'] })
 * const token = await login.requestToken(await simulation.logIn(url), transaction)
 * token.scope // => ['read']
 * await simulation.close()
 * ```
 */
export async function simulateProvider<Scope extends string>(
  definition: ProviderDefinition<Scope>,
  options: SimulateProviderOptions = {},
): Promise<SimulatedProvider<Scope>> {
  const clients = register(definition, options.redirectUri ?? usualRedirectUri)
  let front: ProviderFront | undefined
  const { url, close } = await listen(async (request, response) => front?.answer(request, response))
  const placed = place(definition, url)
  const started = (front = new ProviderFront(placed, clients, options))
  const { verificationKey: _, ...registered } = clients
  return {
    url,
    definition: placed,
    clients: registered,
    logIn: async (authorizationUrl, user = {}) => openInBrowser(new URL(authorizationUrl), user),
    approveDevice: async (userCode, { deny = false } = {}) => started.pending.decide(userCode, deny),
    expire: async (token) => started.ledger.invalidate(token),
    isAlive: async (token) => started.ledger.isAlive(token),
    limitApi: async (seconds) => started.api.limitUntil(started.now + seconds * 1000),
    requests: async () => [...started.log],
    close,
    [Symbol.asyncDispose]: close,
  }
}
