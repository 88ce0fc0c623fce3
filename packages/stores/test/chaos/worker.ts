import { setTimeout } from 'node:timers/promises'
import { GrantError, Provider } from '@grantkit/core'
import { portOf } from '../../../core/src/provider/provider.ts'
import { ProviderPort } from '../../../core/src/protocol/provider-port.ts'
import { openTokenSource } from '../../../core/src/refresh/open-token-source.ts'
import { ProviderHealth } from '../../../core/src/refresh/provider-health.ts'
import { checkSourceOptions } from '../../../core/src/refresh/source-options.ts'
import type { OpenTokenSource } from '../../../core/src/refresh/token-source.ts'
import { openStore } from '../support/open-store.ts'
import { Announcer } from './announcer.ts'
import type { WorkerOrder, WorkerOrders } from './messages.ts'
import { importKeys } from './proof.ts'

/*
 * A process of a fleet: it requests the token of each grant again and again, and reports the results to its parent. It
 * stops where its parent wants to kill it.
 */
const { id, address, grants, keys, timings }: WorkerOrders = JSON.parse(process.argv[2] ?? '{}')
const announcer = new Announcer((news) => process.send?.(news))
process.on('message', (order: WorkerOrder) => announcer.obey(order))
// oxlint-disable-next-line unicorn/no-process-exit -- the parent process is gone
process.once('disconnect', () => process.exit())

const { store } = await openStore(address)
for (const [key, url] of Object.entries(grants)) {
  const dpop = keys[key] && (await importKeys(keys[key]))
  const provider = new Provider(
    { name: key, metadata: { token_endpoint: url } },
    { clientId: 'fleet' },
    { fetch: announcer.fetch(key, id), timeout: timings.timeout, dpop },
  )
  const boundTo = await provider.tokenSource({ store, key }).api?.proofs?.thumbprint()
  void ask(key, sourceOf(provider, key, boundTo))
}
announcer.tell({ ready: true })

/** A token source like the provider's, except how long it waits for a killed process. */
function sourceOf(provider: Provider, key: string, boundTo: string | undefined): OpenTokenSource {
  const { name, definition } = provider
  const port = portOf(provider)
  const { transport, emit } = ProviderPort.behind(port).context
  const { clientId } = port.client
  const api = { ...transport, provider: name, clientId, origins: [], rules: definition.api, emit }
  const health = new ProviderHealth(name, port.clock)
  const setup = { port, emit, api, health, timeout: timings.timeout, revoke: port.revoke.bind(port) }
  const options = checkSourceOptions({ store: announcer.store(key, store), key }, Date.now())
  return openTokenSource(setup, { ...options, boundTo }, timings)
}

async function ask(key: string, tokens: OpenTokenSource): Promise<void> {
  for (let last = ''; ; await setTimeout(50)) {
    const now = await tokens.token().then(
      ({ accessToken: token, expiresAt = 0 }) => ({ key, token, expiresAt }),
      (error: unknown) =>
        error instanceof GrantError
          ? { key, error: error.code, message: error.message }
          : { key, error: String(error), message: '' },
    )
    const text = JSON.stringify(now)
    if (text !== last) announcer.tell(now)
    last = text
  }
}
