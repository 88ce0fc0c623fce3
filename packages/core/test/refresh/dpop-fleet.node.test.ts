import { authorizedFetch, ClientCredentials, type DpopKeyPair, memoryStore, Provider } from '@grantkit/core'
import { apiClient } from '@grantkit/core/ky'
import { nodeFetch } from '@grantkit/core/node'
import { expect, test } from 'vitest'
import { testClock, type TestClock } from '../support/clock.ts'
import { keyPair } from '../support/dpop.ts'
import { type DpopServer, dpopServer } from '../support/dpop-server.ts'
import { onBun } from '../support/runtime.ts'
import { confidential, watched } from '../support/scene.ts'

// A server that judges every proof as RFC 9449 §4.3 says, and whose nonces change with the time.

const hour = 3_600_000

const start = ({ definition }: DpopServer, clock: TestClock, dpop: true | DpopKeyPair, fetch = globalThis.fetch) =>
  new Provider(definition, confidential, { clock, dpop, fetch, onEvent: watched() })

const fetches: [string, typeof fetch][] = [['fetch', globalThis.fetch]]
if (!onBun) fetches.push(['nodeFetch', nodeFetch()])

test.each(fetches)(
  'R154, R163, R164: 50 calls at once over %s, each round with a new token and a new nonce, have a good proof each',
  async (_, fetch) => {
    const clock = testClock()
    const server = await dpopServer(clock)
    const tokens = start(server, clock, true, fetch).tokenSource({ grant: ClientCredentials })
    const calls = [authorizedFetch(tokens), apiClient(tokens)]
    for (let round = 0; round < 4; round++) {
      const sent = Array.from({ length: 50 }, async (__, n) => calls[n % 2]?.(server.url))
      const statuses = (await Promise.all(sent)).map((response) => response?.status)
      expect(new Set(statuses)).toEqual(new Set([200]))
      await clock.advance(hour)
    }
    expect(server.faults).toEqual([])
    expect(server.served).toEqual({ token: 4, api: 200 })
    expect(server.asked).toEqual({ token: 4, api: 200 })
  },
)

test('R160, R166: processes with one key pair share a store, and two tenants with a key each share nothing', async () => {
  const clock = testClock()
  const server = await dpopServer(clock)
  const store = memoryStore({ clock })
  const [ours, theirs] = await Promise.all([keyPair(), keyPair()])
  const processes = [ours, ours, ours, theirs, theirs].map((keys) => {
    const key = keys === ours ? 'tenant:ours' : 'tenant:theirs'
    return authorizedFetch(start(server, clock, keys).tokenSource({ store, key, grant: ClientCredentials }))
  })
  for (let round = 0; round < 3; round++) {
    const responses = await Promise.all(processes.map((call) => call(server.url)))
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    await clock.advance(hour)
  }
  expect(server.faults).toEqual([])
  expect(server.served.token).toBe(6)
})
