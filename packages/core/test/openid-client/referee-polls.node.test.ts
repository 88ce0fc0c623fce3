import { fc, test as property } from '@fast-check/vitest'
import { BackchannelAuthentication, DeviceAuthorization, Provider } from '@grantkit/core'
import { configurationOf } from '@grantkit/core/openid-client'
import {
  initiateBackchannelAuthentication,
  initiateDeviceAuthorization,
  pollBackchannelAuthenticationGrant,
  pollDeviceAuthorizationGrant,
} from 'openid-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cases } from '../support/cases.ts'
import { someTime } from '../support/clock.ts'
import { accessToken, rs256, sign } from '../support/openid.ts'
import { codes, patientClock, request } from '../support/pending-stage.ts'
import { client } from '../support/offline-provider.ts'
import { type Reading, refusal, type Row } from '../support/referee.ts'
import { metadata } from '../support/referee-endpoints.ts'
import { watched } from '../support/scene.ts'

// When both ask for the token of a login on another device, and what each response makes them do: openid-client by
// timers, which are faked here, and this library by the clock of the provider.

vi.setConfig({ testTimeout: 20_000 })

/** A response to a token request; null is a lost connection. */
type Polled = { readonly status: number; readonly error?: string; readonly retryAfter?: number } | null
/** How a login on another device goes, after which there is a token. */
interface Login {
  readonly way: 'device' | 'ciba'
  readonly polled: readonly Polled[]
}

/** A deadline that is told apart from every pause. */
const timeout = 123_457
const real = globalThis.setTimeout
const turn = async (): Promise<void> => new Promise((resolve) => real(resolve, 0))
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: someTime }))
afterEach(() => void vi.useRealTimers())

/** A provider whose responses are those of the login, and the times of the token requests so far, in seconds. */
async function stageOf({ polled }: Login) {
  vi.setSystemTime(someTime)
  const times: number[] = []
  const clock = patientClock(timeout)
  const now = someTime / 1000
  const id_token = await sign({ iss: metadata.issuer, aud: 'cid', sub: 'ada', iat: now, exp: now + 9999 })
  const token = Response.json.bind(undefined, { access_token: accessToken, token_type: 'Bearer', id_token })
  const fetch: typeof globalThis.fetch = async (input) => {
    const { pathname } = new URL(String(input))
    if (pathname === '/device') return Response.json(codes)
    if (pathname === '/bc') return Response.json(request)
    if (pathname === '/keys') return Response.json({ keys: [rs256.jwk] })
    const next = polled[times.length]
    times.push((Math.max(clock.now(), Date.now()) - someTime) / 1000)
    if (next === undefined) return token()
    if (next === null) throw new TypeError('fetch failed')
    const headers = next.retryAfter === undefined ? {} : { 'retry-after': String(next.retryAfter) }
    return Response.json(next.error === undefined ? {} : { error: next.error }, { status: next.status, headers })
  }
  const provider = new Provider({ name: 'acme', metadata }, client, { clock, timeout, fetch, onEvent: watched() })
  return { provider, times }
}

/** When the token was asked for, and what came of it. */
const readingOf = async (action: Promise<unknown>, times: readonly number[]): Promise<Reading> => {
  const outcome = await action.then(() => 'a token', refusal)
  return { times: [...times], outcome }
}

const grants = { device: DeviceAuthorization, ciba: BackchannelAuthentication }
const hints = { scope: 'openid', login_hint: 'ada' }

async function ownReading(login: Login): Promise<Reading> {
  const { provider, times } = await stageOf(login)
  const ask = async () => {
    if (login.way === 'ciba') {
      const grant = provider.grant(grants.ciba)
      const { transaction } = await grant.authorize({ scope: ['openid'], loginHint: 'ada' })
      return grant.requestToken(transaction)
    }
    const grant = provider.grant(grants.device)
    return grant.requestToken((await grant.authorize({ scope: ['openid'] })).transaction)
  }
  return readingOf(ask(), times)
}

async function otherReading(login: Login): Promise<Reading> {
  const { provider, times } = await stageOf(login)
  const configuration = await configurationOf(provider)
  const ask = async () => {
    if (login.way === 'device')
      return pollDeviceAuthorizationGrant(configuration, await initiateDeviceAuthorization(configuration, hints))
    return pollBackchannelAuthenticationGrant(
      configuration,
      await initiateBackchannelAuthentication(configuration, hints),
    )
  }
  const state = { done: false }
  const reading = readingOf(ask(), times).finally(() => (state.done = true))
  for (let step = 0; !state.done && step < 400; step++) {
    await turn()
    if (step % 4 === 3) await vi.advanceTimersByTimeAsync(5000) // every pause here is a multiple of it
  }
  return reading
}

const pending: Polled = { status: 400, error: 'authorization_pending' }
const slowDown: Polled = { status: 400, error: 'slow_down' }
const patient = (seconds: number, polled: Polled): Polled => polled && { ...polled, retryAfter: seconds }
/** What a server that is busy or cannot be reached does. */
const isAway = (polled: Polled) => polled === null || polled.status >= 500 || polled.status === 429
/** The responses up to the one that ends the login. */
const heard = ({ polled }: Login) => {
  const end = polled.findIndex(
    (one) => one && one.error !== 'authorization_pending' && one.error !== 'slow_down' && !isAway(one),
  )
  return end < 0 ? polled : polled.slice(0, end)
}

const rows: readonly Row<Login>[] = [
  {
    name: 'O50: a login on another device ends when the server cannot be reached or is busy, and is asked for again here, at longer intervals',
    differs: (login) => heard(login).some(isAway),
    examples: (['device', 'ciba'] as const).flatMap((way) =>
      [null, { status: 500 }, { status: 503 }, { status: 503, retryAfter: 5 }, { status: 429, error: 'slow' }].map(
        (polled) => ({ way, polled: [polled] }),
      ),
    ),
  },
]

describe.each(rows)('$name', (row) => {
  test.each(row.examples)('%j', async (login) => {
    expect(row.differs(login)).toBe(true)
    expect(await otherReading(login)).not.toEqual(await ownReading(login))
  })
})

const times = (...all: readonly number[]) => ({ times: all, outcome: 'a token' })

test.each<[string, readonly Polled[], Reading]>([
  ['wait the interval before the first request', [], times(5)],
  ['wait it again while the user decides', [pending, pending], times(5, 10, 15)],
  ['wait five seconds longer from slow_down on', [slowDown, pending, slowDown], times(5, 15, 25, 40)],
  ['wait as long as Retry-After says', [patient(30, pending), pending], times(5, 35, 40)],
  ['do not wait less than the interval', [patient(1, slowDown)], times(5, 15)],
  ...['access_denied', 'expired_token', 'invalid_grant'].map((error): [string, readonly Polled[], Reading] => [
    `end with ${error}`,
    [pending, { status: 400, error }, pending],
    { times: [5, 10], outcome: { refused: true, error } },
  ]),
])('both %s', async (_, polled, expected) => {
  for (const way of ['device', 'ciba'] as const) {
    expect(await ownReading({ way, polled })).toEqual(expected)
    expect(await otherReading({ way, polled })).toEqual(expected)
  }
})

const polled = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(pending, slowDown, patient(10, pending), patient(25, slowDown)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Polled>(null, { status: 400, error: 'access_denied' }, { status: 401 }, { status: 503 }),
  },
)
const input: fc.Arbitrary<Login> = fc.record({
  way: fc.constantFrom('device', 'ciba'),
  polled: fc.array(polled, { maxLength: 5 }),
})
const some = { ...cases, numRuns: Math.ceil(cases.numRuns / 100) } // each case takes fifty milliseconds

property.prop([input], some)('no other login on another device goes in two ways', async (login) => {
  const [own, other] = [await ownReading(login), await otherReading(login)]
  if (!rows.some(({ differs }) => differs(login))) expect(other).toEqual(own)
})
