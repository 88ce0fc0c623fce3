import {
  AuthorizationCode,
  type AuthorizationRequest,
  BackchannelAuthentication,
  type BackchannelTransaction,
  DeviceAuthorization,
  type DeviceTransaction,
  type Exchange,
  Grant,
  GrantError,
  Pkce,
  Provider,
  Token,
} from '@grantkit/core'
import { afterEach, beforeEach } from 'vitest'
import { leaksIn } from './leaks.ts'
import { keepMadeKeys } from './kept-keys.ts'
import { findLeaks, keepJwt, keepOutOfLogs, keepSecret, partsOf, see, seePrint } from './oracle.ts'

// The leak oracle: runs around every test of core. Whatever is thrown, emitted, printed or sent to a URL while a test
// runs must not show a secret, or the test fails. Made-up secrets hold a marker; those that the library or a server
// makes are learnt here, from what goes into a grant and what comes out of it.

/** The constructor of an error calls whatever stands above its class at that moment: each one is seen, swallowed or not. */
class SeenError extends Error {
  constructor(...input: [message?: string, options?: ErrorOptions]) {
    super(...input)
    see('error', this)
  }
}
Object.setPrototypeOf(GrantError, SeenError)

/** An event is frozen before any listener gets it: each one is seen, whoever listens. */
const freeze = Object.freeze.bind(Object) as (value: unknown) => unknown
Object.freeze = ((value: unknown) => {
  const isEvent = typeof value === 'object' && value !== null && 'type' in value && 'provider' in value && 'at' in value
  if (isEvent) see('event', value)
  return freeze(value)
}) as typeof Object.freeze

keepMadeKeys()

type Method = (this: unknown, ...input: unknown[]) => Promise<unknown>

/** Watches a method: what it is called with, and what it comes to. */
function observe(prototype: object, name: string, before: (input: unknown[]) => void, after: (result: never) => void) {
  const original = Reflect.get(prototype, name) as Method
  Reflect.set(prototype, name, async function (this: unknown, ...input: unknown[]) {
    before(input)
    const result = await original.apply(this, input)
    after(result as never)
    return result
  } satisfies Method)
}

const nothing = (): void => undefined
const learnTransaction = ({ url, transaction }: AuthorizationRequest): void => {
  const request = url.searchParams.get('request')
  keepOutOfLogs(request, ...partsOf(request), url.searchParams.get('request_uri'))
  keepOutOfLogs(transaction.state, transaction.nonce)
  keepSecret(transaction.codeVerifier)
}
const learnToken = (token: Token): void => {
  keepJwt(token.accessToken, token.refreshToken)
  keepSecret(...partsOf(token.idToken))
  seePrint('token', token)
}

const learnPending = ({ transaction }: { transaction: Partial<DeviceTransaction & BackchannelTransaction> }): void =>
  keepSecret(transaction.deviceCode, transaction.authReqId, transaction.clientNotificationToken)

for (const { prototype } of [DeviceAuthorization, BackchannelAuthentication])
  observe(prototype, 'authorize', nothing, learnPending)
for (const { prototype } of [AuthorizationCode, Pkce]) observe(prototype, 'authorize', nothing, learnTransaction)
observe(AuthorizationCode.prototype, 'requestToken', ([callback]) => learnCallback(callback), nothing)
observe(Grant.prototype, 'tokenRequest', ([parameters]) => learnParameters(parameters as object), learnToken)
observe(Grant.prototype, 'tokenExchange', ([parameters]) => learnParameters(parameters as object), learnExchange)
for (const name of ['verifyLogoutToken', 'userinfo', 'introspect', 'revoke'])
  observe(Provider.prototype, name, ([token]) => learnGiven(token), nothing)

function learnGiven(token: unknown): void {
  if (token instanceof Token) keepJwt(token.accessToken, token.refreshToken)
  else keepJwt(token)
}

function learnExchange(exchange: Exchange): void {
  if ('token' in exchange) learnToken(exchange.token)
}

function learnCallback(callback: unknown): void {
  const text = callback instanceof Request ? callback.url : callback
  if (typeof text === 'string' || text instanceof URL || text instanceof URLSearchParams)
    for (const [, value = ''] of String(text).matchAll(/(?:[?&#]|^)(?:code|id_token|response)=([^&#]*)/g))
      keepJwt(value)
  else if (typeof text === 'object' && text)
    for (const [name, value] of Object.entries(text)) if (/^(?:code|id_token|response)$/.test(name)) keepJwt(value)
}

function learnParameters(parameters: object): void {
  const secret = Object.entries(parameters).filter(([name]) => !/^(?:redirect_uri|audience|\w+_token_type)$/.test(name))
  keepJwt(...secret.map(([, value]) => value as unknown))
}

const methods = ['debug', 'dir', 'error', 'info', 'log', 'table', 'trace', 'warn'] as const
const originals = methods.map((method) => [method, console[method]] as const)

beforeEach(() => {
  for (const [method, original] of originals)
    console[method] = (...input: unknown[]): void => {
      see(`what console.${method} was given`, input)
      if (leaksIn('', input).length === 0) Reflect.apply(original, console, input)
    }
})

afterEach(async () => {
  for (const [method, original] of originals) console[method] = original
  const leaks = await findLeaks()
  if (leaks.length > 0) throw new Error(`a secret leaks:\n${leaks.join('\n')}`)
})
