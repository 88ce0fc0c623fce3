import { ClientCredentials, GrantError, Pkce, Provider, type Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { KeySet } from '../src/protocol/openid/key-set.ts'
import { joined } from '../src/transport/deadline.ts'
import { metadata } from './support/acme.ts'
import { testClock } from './support/clock.ts'
import { logIn, openid, rs256, sign } from './support/openid.ts'
import { errorOf, publicClient } from './support/scene.ts'

// What several wait for, or several hold, hands none of them anything of another's.

/** Every object that can be reached from an error. */
function partsOf(value: unknown, parts = new Set<object>()): ReadonlySet<object> {
  if (typeof value !== 'object' || value === null || parts.has(value)) return parts
  parts.add(value)
  for (const name of Reflect.ownKeys(value)) partsOf(Reflect.get(value, name) as unknown, parts)
  return parts
}

/** What keeps several errors, which say the same, from being apart: a part of one that is also a part of another, and could be changed. */
function togetherIn(errors: readonly unknown[]): readonly unknown[] {
  expect(errors.length).toBeGreaterThan(1)
  expect(errors.every((error) => error instanceof GrantError)).toBe(true)
  expect(new Set(errors.map((error) => JSON.stringify(error))).size).toBe(1)
  const parts = errors.flatMap((error) => [...partsOf(error)].filter((part) => !Object.isFrozen(part)))
  return parts.filter((part, place) => parts.indexOf(part) !== place)
}

const rich = () =>
  new GrantError('network_error', 'unreachable', {
    provider: 'acme',
    oauth: { error: 'x', errorDescription: 'y' },
    required: { scope: ['read'], resource: ['https://api.example'], acrValues: ['mfa'] } as never,
    cause: new Error('below', { cause: new Error('further below') }),
    status: 503,
    retryAfter: 3,
    resourceMetadata: 'https://api.example/.well-known/oauth-protected-resource',
  })

describe('callers who wait for one promise get an error of their own each', () => {
  test('joined() copies all that the first one says', async () => {
    const work = Promise.reject(rich())
    const signals = [undefined, new AbortController().signal, undefined]
    const errors = await Promise.all(signals.map((signal) => errorOf(joined(work, signal))))
    const first = await errorOf(work)
    expect(togetherIn([first, ...errors])).toEqual([])
    expect(errors[0]?.cause).toMatchObject({ message: 'below', cause: { message: 'further below' } })
  })

  test('a set of keys that could not be had', async () => {
    let fail: (error: unknown) => void = () => undefined
    const set = new KeySet(() => new Promise((_, reject) => (fail = reject)), testClock())
    const waiting = Array.from({ length: 5 }, () => errorOf(set.verify(async () => undefined)))
    fail(rich())
    expect(togetherIn(await Promise.all(waiting))).toEqual([])
  })

  test.each([503, 404, 200])('logins that wait for keys that come with status %i', async (status) => {
    const impatient = (ms: number) => (ms > 5000 ? new Promise<void>(() => {}) : Promise.resolve())
    const stage = await openid({ jwks: { status, json: [] }, clock: { ...testClock(), sleep: impatient } })
    const login = stage.provider.grant(Pkce)
    const logins = await Promise.all(Array.from({ length: 5 }, () => login.authorize({ scope: ['openid'] })))
    await stage.answer(await sign(stage.claims()))
    const finish = ({ transaction }: (typeof logins)[number]) =>
      errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
    expect(togetherIn(await Promise.all(logins.map(finish)))).toEqual([])
  })
})

describe('two tenants of one definition', () => {
  const definition = Object.freeze({ name: 'acme', metadata: Object.freeze({ ...metadata }) })

  /** A provider for one tenant: its requests say whose they are, and so do the responses. */
  const tenant = (name: string, fails: boolean) =>
    new Provider(
      definition,
      { clientId: name, clientSecret: `canary-secret-of-${name}` },
      {
        fetch: async (_, init) => {
          const [, user] = /^Basic (.*)$/.exec(new Headers(init?.headers).get('authorization') ?? '') ?? []
          const id = atob(user ?? '').split(':')[0]
          const error = { error: 'invalid_client', error_description: `${id} is not known` }
          return fails
            ? Response.json(error, { status: 401 })
            : Response.json({ access_token: `token-of-${id}`, token_type: 'Bearer' })
        },
      },
    )

  test('get tokens and errors of their own, whatever happens to the other at the same time', async () => {
    const [ada, eve, bob] = [tenant('ada', false), tenant('eve', true), tenant('bob', false)]
    const asked = Array.from({ length: 10 }, () => [ada, eve, bob]).flat()
    const results = await Promise.allSettled(asked.map((each) => each.grant(ClientCredentials).requestToken()))
    for (const [i, result] of results.entries()) {
      if (asked[i] === eve) expect(String((result as PromiseRejectedResult).reason)).toContain('eve is not known')
      else {
        const { accessToken } = (result as PromiseFulfilledResult<Token>).value
        expect(accessToken).toBe(asked[i] === ada ? 'token-of-ada' : 'token-of-bob')
      }
    }
    const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []))
    expect(togetherIn(refused)).toEqual([])
  })

  test('share its checked copy, which is frozen all the way and says nothing of either', () => {
    const [ada, eve] = [tenant('ada', false), tenant('eve', false)]
    expect(ada.definition).toBe(eve.definition)
    const parts = [...partsOf(ada.definition)]
    expect(parts.every((part) => Object.isFrozen(part))).toBe(true)
    expect(JSON.stringify(ada.definition)).not.toMatch(/canary|clientId/)
  })
})

test('keys that one provider has fetched verify nothing for another', async () => {
  const [honest, other] = [await openid(), await openid({ keys: [] })]
  await logIn(honest)
  expect((await errorOf(logIn(other, {}, { key: rs256 }))).code).toBe('id_token_invalid')
  const again = new Provider(honest.provider.definition, { ...publicClient, clientId: 'other' }, { clock: testClock() })
  const login = again.grant(Pkce)
  const { transaction } = await login.authorize({ scope: ['openid'] })
  await honest.answer(await sign({ ...honest.claims(), aud: 'other', nonce: transaction.nonce ?? '' }))
  const asked = await honest.jwksRequests()
  await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
  expect(await honest.jwksRequests()).toBe(asked + 1)
})
