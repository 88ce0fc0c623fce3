import { ClientCredentials, Pkce, Provider, Token } from '@grantkit/core'
import { expect, test, vi } from 'vitest'
import { redact } from '../src/errors/scrub.ts'
import { parseChallenges } from '../src/wire/challenges.ts'
import { basicCredentials } from '../src/protocol/authentication/client-authentication.ts'
import { checkScope } from '../src/token/scope.ts'
import { metadata } from './support/acme.ts'
import { answering, client, clock, valueOf } from './support/offline-provider.ts'
import { rs256 } from './support/openid.ts'
import { goodToken } from './support/scene.ts'

// 64 times the input is 64 times the work, or a little more: quadratic work would be 4,096 times as much. Two sizes are
// compared within one run, each at its fastest, and the limit lies between, so the speed of the machine doesn't matter.
const [small, times, most] = [4000, 64, 512]
/** Milliseconds below which a difference is noise. */
const noise = 0.5
/** Milliseconds after which the code of the smaller input is as fast as it gets. */
const warmUp = 50

vi.setConfig({ testTimeout: 120_000 })

/** How many times as long the larger input takes, at the fastest of a few tries of each. */
async function growth(smaller: () => unknown, larger: () => unknown, tries = 8): Promise<number> {
  let ratio = Infinity
  let [fastest, fastestLarger] = [Infinity, Infinity]
  for (let n = 0; n < tries && ratio > most; n += 1) {
    fastest = Math.min(fastest, await fastestWithin(warmUp, smaller))
    fastestLarger = Math.min(fastestLarger, await milliseconds(larger))
    ratio = fastestLarger / Math.max(fastest, noise)
  }
  return ratio
}

/** The fastest of the tries that so many milliseconds have room for, one at least. */
async function fastestWithin(time: number, work: () => unknown): Promise<number> {
  let fastest = Infinity
  for (let spent = 0, last = 0; spent < time; spent += last) {
    last = await milliseconds(work)
    fastest = Math.min(fastest, last)
  }
  return fastest
}

async function milliseconds(work: () => unknown): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

test('work that grows with the square of its input is noticed', async () => {
  const square = (n: number) => () => {
    const items = Array.from({ length: n }, (_, i) => i)
    return items.every(() => items.indexOf(-1) === -1) // looks at all of them, for each of them
  }
  expect(await growth(square(1200), square(1200 * times), 1)).toBeGreaterThan(most)
})

/** Everything that reads what comes from outside, with an input of so many characters or items. */
function workOf(n: number): Readonly<Record<string, () => unknown>> {
  const a = 'a'.repeat(n)
  const callback = async (value: string | URLSearchParams): Promise<unknown> => {
    const login = answering(() => Response.json(goodToken)).grant(Pkce)
    const { transaction } = await login.authorize()
    return valueOf(() => login.requestToken(value, transaction))
  }
  const answer = async (body: string): Promise<unknown> =>
    valueOf(() =>
      answering(() => new Response(body))
        .grant(ClientCredentials)
        .requestToken(),
    )
  const goodAnswer = (more: object): Promise<unknown> => answer(JSON.stringify({ ...goodToken, ...more }))
  const provider = (changes: object): unknown =>
    valueOf(() => new Provider({ name: 'acme', metadata: { ...metadata, ...changes } }, client))

  return Object.fromEntries<() => unknown>([
    ['a callback of one parameter', () => callback(`?code=${a}`)],
    ['a callback of many', () => callback(`?${'a=b&'.repeat(n)}`)],
    ['a callback of question marks', () => callback('?'.repeat(n))],
    ['parameters of a callback', () => callback(new URLSearchParams(Array.from({ length: n }, () => ['a', 'b'])))],
    ['a token', () => goodAnswer({ access_token: a })],
    ['scopes', () => goodAnswer({ scope: 'a b '.repeat(n) })],
    ['members', () => goodAnswer(Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, i])))],
    ['nesting', () => answer(`{"access_token":"canary","token_type":"Bearer","x":${'['.repeat(n)}${']'.repeat(n)}}`)],
    ['a form', () => answer(`access_token=canary&${'a=b&'.repeat(n)}`)],
    [
      'an ID token',
      async () => {
        const keys = 'https://id.acme.example/keys'
        const id_token = `${btoa('{"alg":"RS256","kid":"k1"}')}.${a}.${a}`
        const fetch = async (input: unknown) =>
          Response.json(input === keys ? { keys: [rs256.jwk] } : { ...goodToken, id_token })
        const definition = { name: 'acme', metadata: { ...metadata, jwks_uri: keys } }
        const login = new Provider(definition, client, { fetch, clock }).grant(Pkce)
        const { transaction } = await login.authorize({ scope: ['openid'] })
        await valueOf(() => login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
      },
    ],
    ['an error', () => answer(JSON.stringify({ error: a, error_description: '\u202E'.repeat(n) }))],
    ['a form that is not an error', () => answer('a=&'.repeat(n))],
    ['metadata', () => provider(Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, i])))],
    ['an endpoint', () => provider({ token_endpoint: `https://id.acme.example/${a}` })],
    ['a list', () => provider({ code_challenge_methods_supported: Array.from({ length: n }, () => 'S256') })],
    ['a scope that is asked for', () => valueOf(() => checkScope(Array.from({ length: n }, (_, i) => `s${i}`)))],
    [
      'a stored token',
      () => valueOf(() => Token.from({ accessToken: a, extra: { list: Array.from({ length: n }, () => a[0]) } })),
    ],
    ['an id and a secret', () => basicCredentials(a, 'é'.repeat(n))],
    ['a header', () => parseChallenges(`Bearer ${'a="b\\"", '.repeat(n)}`)],
    [
      'a redirect URI',
      () =>
        valueOf(
          () => new Provider({ name: 'x', metadata }, { clientId: 'x', redirectUri: `https://app.example/${a}` }),
        ),
    ],
    ['a secret in a text', () => redact(`${a}canary`.repeat(8), [`${a}canary`, 'canary'])],
  ])
}

const [smaller, larger] = [workOf(small), workOf(small * times)]

test.each(Object.keys(smaller))('64 times the input, no more than linear work: %s', async (name) => {
  expect(await growth(smaller[name]!, larger[name]!)).toBeLessThan(most)
})
