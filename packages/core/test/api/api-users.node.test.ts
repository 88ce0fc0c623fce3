import { fc, test } from '@fast-check/vitest'
import { authorizedFetch, GrantError, memoryStore, Provider, Token, type TokenStore } from '@grantkit/core'
import { type FaultyRequest, type Reply, startFaultServer } from '@grantkit/testing/server'
import { expect, onTestFinished, vi } from 'vitest'
import { cases } from '../support/cases.ts'
import { watch } from '../support/oracle.ts'
import { confidential, watched } from '../support/scene.ts'

vi.setConfig({ testTimeout: 120_000 })

// Many users in one process, at the same time: what one of them meets, no other one does.

/** What becomes of a user's token: the API takes it, has it refreshed, or the provider has ended the grant. */
type Fate = 'good' | 'revoked' | 'ended'

/** An API and an authorization server for users whose tokens are named after them: `canary-ada-0`. */
async function world() {
  const server = watch(await startFaultServer())
  onTestFinished(() => server.close())
  const fates = new Map<string, Fate>()
  const refreshes: string[] = []
  const userOf = (token = ''): string => /canary-(\w+)-/.exec(token)?.[1] ?? 'nobody'
  const api = ({ headers, path }: FaultyRequest): Reply => {
    const user = userOf(headers['authorization'])
    const isFirst = headers['authorization']?.endsWith('-0') === true
    if (isFirst && fates.get(user) !== 'good')
      return { status: 401, headers: { 'www-authenticate': `Bearer scope="${user}"` } }
    return { json: { user, path } }
  }
  const token = ({ form = {} }: FaultyRequest): Reply => {
    const user = userOf(form['refresh_token'])
    refreshes.push(user)
    if (fates.get(user) === 'ended') return { status: 400, json: { error: 'invalid_grant', error_description: user } }
    return { json: { access_token: `canary-${user}-1`, token_type: 'Bearer', expires_in: 3600 } }
  }
  await server.reply('/token', token)
  await Promise.all(Array.from({ length: 4 }, (_, call) => server.reply(`/${call}`, api)))
  return { server, fates, refreshes }
}

/** What came of a call. */
type Outcome = { readonly body: unknown } | { readonly error: unknown }

const fate = fc.constantFrom<Fate>('good', 'revoked', 'ended')
const sharing = fc.constantFrom('all', 'nothing')

test('each call has a response, a token and an error of its own user, and nobody logs out another one', async () => {
  const { server, fates, refreshes } = await world()
  let runs = 0
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { minLength: 2, maxLength: 4 }), sharing, async (all, shared) => {
      const run = ++runs
      refreshes.length = 0
      const [store, provider] = [memoryStore(), providerAt(server.url)]
      const own = () =>
        shared === 'all' ? { store, provider } : { store: memoryStore(), provider: providerAt(server.url) }
      const users = all.map((its, index) => ({ name: `user${run}x${index}`, fate: its }))
      const calls = users.map(async ({ name, fate: its }) => {
        fates.set(name, its)
        const tokens = await logIn(name, own())
        const api = authorizedFetch(tokens)
        const outcomes = await Promise.all(
          Array.from({ length: 4 }, async (_, call): Promise<Outcome> => {
            try {
              return { body: await (await api(`${server.url}/${call}`)).json() }
            } catch (error) {
              return { error }
            }
          }),
        )
        return { name, fate: its, outcomes, token: await tokens.peek() }
      })
      const ends = await Promise.all(calls)
      for (const { name, fate: its, outcomes, token } of ends) {
        if (its === 'ended') expectErrors(outcomes, { name, others: users.filter((other) => other.name !== name) })
        else expect(outcomes).toEqual([0, 1, 2, 3].map((call) => ({ body: { user: name, path: `/${call}` } })))
        expect(token?.accessToken).toBe(`canary-${name}-${its === 'revoked' ? 1 : 0}`)
        expect(refreshes.filter((user) => user === name)).toHaveLength(its === 'good' ? 0 : 1)
      }
      const errors = ends.flatMap(({ outcomes }) => outcomes.flatMap((end) => ('error' in end ? [end.error] : [])))
      expect(new Set(errors).size).toBe(errors.length)
    }),
    { ...cases, numRuns: Math.min(cases.numRuns, 100) },
  )
})

function providerAt(url: string): Provider {
  const definition = { name: 'acme', metadata: { token_endpoint: `${url}/token` }, apiOrigins: [url] }
  return new Provider(definition, confidential, { onEvent: watched() })
}

/** A source of a user who has just logged in. */
async function logIn(name: string, { provider, store }: { readonly provider: Provider; readonly store: TokenStore }) {
  const tokens = provider.tokenSource({ store, key: name })
  const first = { accessToken: `canary-${name}-0`, refreshToken: `canary-${name}-refresh`, scope: [name] }
  await tokens.save(Token.from(first))
  return tokens
}

interface Users {
  readonly name: string
  readonly others: readonly { readonly name: string }[]
}

function expectErrors(outcomes: readonly Outcome[], { name, others }: Users): void {
  for (const outcome of outcomes) {
    const error = 'error' in outcome ? outcome.error : undefined
    expect(error).toBeInstanceOf(GrantError)
    expect(error).toMatchObject({ code: 'reauthorization_required', required: { scope: [name] } })
    for (const other of others) expect(JSON.stringify(error)).not.toContain(other.name)
  }
}
