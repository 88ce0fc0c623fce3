import { authorizedFetch, Provider, type ProviderDefinition, Token } from '@grantkit/core'
import type { FaultyRequest, Reply } from '@grantkit/testing/server'
import { faultServer } from './servers.ts'

/** Whose a server is: the API, a second origin that the token may go to, or a stranger. */
export type Party = 'api' | 'second' | 'stranger' | 'other'

export const own: ReadonlySet<Party> = new Set(['api', 'second'])

/** One redirect of a chain. */
export interface Redirect {
  readonly status: 301 | 302 | 303 | 307 | 308
  readonly to: Party
}

/** A request that was received, and who received it. */
export interface Visit {
  readonly party: Party
  readonly request: FaultyRequest
}

/** What became of a call: who received what, in order, and the response or the error. */
export interface Journey {
  readonly visits: readonly Visit[]
  readonly response?: Response
  readonly error?: unknown
}

const definition: Omit<ProviderDefinition, 'apiOrigins'> = {
  name: 'acme',
  metadata: { token_endpoint: 'https://id.acme.example/token' },
}

/** Four servers that redirect to each other as they are told. */
export async function redirectStage(api: ProviderDefinition['api'] = {}) {
  const parties: readonly Party[] = ['api', 'second', 'stranger', 'other']
  const servers = Object.fromEntries(
    await Promise.all(parties.map(async (party) => [party, await faultServer()] as const)),
  ) as Record<Party, Awaited<ReturnType<typeof faultServer>>>
  const apiOrigins = [servers.api.url, servers.second.url]
  const provider = new Provider({ ...definition, api, apiOrigins }, { clientId: 'cid' })
  const fetch = authorizedFetch(provider.tokenSource({ token: Token.from({ accessToken: 'canary-token' }) }))

  let calls = 0
  /** Calls the API, whose redirects lead along the chain to the last reply. */
  const follow = async (
    chain: readonly Redirect[],
    init: RequestInit = {},
    last: Reply = { json: { id: 'ada' } },
  ): Promise<Journey> => {
    const call = ++calls
    const stops: readonly Party[] = ['api', ...chain.map(({ to }) => to)]
    for (const [index, party] of stops.entries()) {
      const next = chain[index]
      const redirect = next && { status: next.status, redirect: `${servers[next.to].url}/${call}/${index + 1}` }
      await servers[party].reply(`/${call}/${index}`, redirect ?? last)
    }
    const outcome = await fetch(`${servers.api.url}/${call}/0`, init).then(
      (response) => ({ response }),
      (error: unknown) => ({ error }),
    )
    const received = await Promise.all(
      parties.map(async (party) => (await servers[party].requests()).map((request) => ({ party, request }))),
    )
    await Promise.all(parties.map((party) => servers[party].forget()))
    const visits = received.flat().toSorted((a, b) => place(a) - place(b))
    return { visits, ...outcome }
  }
  return { servers, follow }
}

function place({ request }: Visit): number {
  return Number(request.path.split('/').at(-1))
}
