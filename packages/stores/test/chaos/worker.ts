import { setTimeout } from 'node:timers/promises'
import { GrantError, Provider, type TokenSource } from '@grantkit/core'
import { spare } from '../../../core/src/tokens/open-token-source.ts'
import { openStore } from '../support/open-store.ts'
import { Announcer } from './announcer.ts'
import type { WorkerOrder, WorkerOrders } from './messages.ts'

/*
 * A process of a fleet: it asks for the token of each grant, again and again, and tells its parent what it gets. It
 * stops where its parent wants to kill it.
 */
const { id, address, grants, timings }: WorkerOrders = JSON.parse(process.argv[2] ?? '{}')
Object.assign(spare, timings)
const announcer = new Announcer((news) => process.send?.(news))
process.on('message', (order: WorkerOrder) => announcer.obey(order))
// oxlint-disable-next-line unicorn/no-process-exit -- nobody is left to work for
process.once('disconnect', () => process.exit())

const { store } = await openStore(address)
for (const [key, url] of Object.entries(grants)) {
  const provider = new Provider(
    { name: key, metadata: { token_endpoint: url } },
    { clientId: 'fleet' },
    { fetch: announcer.fetch(key, id), timeout: timings.timeout },
  )
  void ask(key, provider.tokenSource({ store: announcer.store(key, store), key }))
}
announcer.tell({ ready: true })

async function ask(key: string, tokens: TokenSource): Promise<void> {
  for (let last = ''; ; await setTimeout(50)) {
    const now = await tokens.token().then(
      ({ accessToken: token, expiresAt = 0 }) => ({ key, token, expiresAt }),
      (error: unknown) => ({ key, error: error instanceof GrantError ? error.code : String(error) }),
    )
    const text = JSON.stringify(now)
    if (text !== last) announcer.tell(now)
    last = text
  }
}
