import { fc, test } from '@fast-check/vitest'
import { GrantError, type ProviderDefinition } from '@grantkit/core'
import { describe, expect, vi } from 'vitest'
import { cases } from '../support/cases.ts'
import { own, type Party, type Redirect, redirectStage, type Visit } from '../support/redirect-chain.ts'

vi.setConfig({ testTimeout: 120_000 })

// Where a token, a key of the caller's own and a body go, and where they never do. A browser shows no redirect: what it
// does is in api-declared.test.ts.

const statuses = [301, 302, 303, 307, 308] as const
const headers = {
  accept: 'application/json',
  'accept-language': 'de',
  range: 'bytes=0-9',
  'user-agent': 'shop/1.0',
  'content-type': 'text/plain',
  cookie: 'session=canary-cookie',
  'x-api-key': 'canary-key',
}
/** What undici sends with every request, and what a stranger may know of ours. */
const harmless: ReadonlySet<string> = new Set(
  'host connection accept-encoding sec-fetch-mode accept accept-language range user-agent'.split(' '),
)
const shop: ProviderDefinition['api'] = { token: { header: 'X-Shop-Token' }, headers: { 'x-shop-version': 'canary-1' } }

const isSecret = ({ request }: Visit): boolean => JSON.stringify(request).includes('canary')

function expectNothingOfOurs({ request }: Visit): void {
  expect(Object.keys(request.headers).filter((name) => !harmless.has(name))).toEqual([])
  expect([request.body, request.method]).toEqual(['', expect.stringMatching(/^(?:GET|HEAD)$/)])
}

const party = fc.constantFrom<Party>('api', 'second', 'stranger', 'other')
const chains = fc.array(fc.record<Redirect>({ status: fc.constantFrom(...statuses), to: party }), {
  minLength: 1,
  maxLength: 6,
})
const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE')

describe.each<[string, ProviderDefinition['api']]>([
  ['in the Authorization header', {}],
  ['in a header of the provider’s own', shop],
])('a token %s', (_, api) => {
  test('A34, A63: reaches no stranger, and nobody after one; nor does a header of the caller’s, a cookie or a body', async () => {
    const { follow } = await redirectStage(api)
    await fc.assert(
      fc.asyncProperty(chains, methods, async (chain, method) => {
        const body = method === 'GET' || method === 'HEAD' ? null : 'canary-body'
        const { visits, response, error } = await follow(chain, { method, headers, body })
        const left = visits.findIndex((visit) => !own.has(visit.party))
        const trusted = left === -1 ? visits : visits.slice(0, left)
        for (const visit of trusted) expect(isSecret(visit)).toBe(true)
        for (const visit of visits.slice(trusted.length)) expectNothingOfOurs(visit)
        if (response) expect([response.status, visits.length]).toEqual([200, chain.length + 1])
        else expectRefused(error, { chain, visits })
      }),
      { ...cases, numRuns: Math.min(cases.numRuns, 400) },
    )
  })

  test('comes back to the API neither from a stranger nor by way of another one', async () => {
    const { follow } = await redirectStage(api)
    const way = (['stranger', 'api', 'other', 'second', 'api'] as const).map((to) => ({ status: 307, to }) as const)
    const { visits, response } = await follow(way, { headers })
    expect(response?.status).toBe(200)
    expect(visits.map((visit) => [visit.party, isSecret(visit)])).toEqual([
      ['api', true],
      ['stranger', false],
      ['api', false],
      ['other', false],
      ['second', false],
      ['api', false],
    ])
    expect(visits[1]?.request.headers).toMatchObject({
      accept: 'application/json',
      'accept-language': 'de',
      range: 'bytes=0-9',
      'user-agent': 'shop/1.0',
    })
  })
})

/** Only a request that would take another method than GET or HEAD to a stranger is refused, and before it is sent. */
function expectRefused(error: unknown, { chain, visits }: { chain: readonly Redirect[]; visits: readonly Visit[] }) {
  expect(error).toBeInstanceOf(GrantError)
  expect(error).toMatchObject({ code: 'redirect_refused', provider: 'acme' })
  expect(own.has(chain[visits.length - 1]?.to ?? 'api')).toBe(false)
  expect(['GET', 'HEAD']).not.toContain(visits.at(-1)?.request.method)
}

describe('a redirect to another origin', () => {
  test.each(
    statuses.flatMap((status) => ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [status, method] as const)),
  )(
    '%i of a %s is refused: nothing is sent there, and the message says where it would have gone',
    async (status, method) => {
      const { follow, servers } = await redirectStage()
      const { visits, error } = await follow([{ status, to: 'stranger' }], { method, body: 'canary-body' })
      expect(visits.map((visit) => visit.party)).toEqual(['api'])
      expect(error).toMatchObject({ code: 'redirect_refused', action: 'report' })
      expect((error as GrantError).message).toContain(servers.stranger.url)
    },
  )

  test('says nothing about the token: a 401 comes back, from the API after a detour as well, and the token stays', async () => {
    const { follow } = await redirectStage()
    const challenge = { status: 401, headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="x"' } }
    for (const way of [['stranger'], ['stranger', 'api']] as const) {
      const chain = way.map((to) => ({ status: 302, to }) as const)
      const { response, visits } = await follow(chain, {}, challenge)
      expect([response?.status, visits.length]).toEqual([401, way.length + 1])
    }
    expect((await follow([])).visits.map(isSecret)).toEqual([true])
  })

  test.each([
    [20, 'response'],
    [21, 'error'],
  ])('after %i redirects there is a %s, as with fetch', async (count, what) => {
    const { follow } = await redirectStage()
    const chain = Array.from({ length: count }, () => ({ status: 302, to: 'api' }) as const)
    const journey = await follow(chain, {})
    expect(Object.keys(journey)).toContain(what)
    if (what === 'error') expect(journey.error).toBeInstanceOf(TypeError)
  })
})
