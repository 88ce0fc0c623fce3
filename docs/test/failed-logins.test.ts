import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, GrantError, type GrantErrorCode, Pkce, Provider } from '@grantkit/core'
import { type Reply, startFaultServer } from '@grantkit/testing/server'
import { expect, onTestFinished, test, vi } from 'vitest'
import { serveDocumentedLogin } from './documented-login.ts'

// Every failure that a login can meet, walked through by a browser that follows the documented page literally.

/** A failure: what the callback or the token endpoint says, once or for ever. */
interface Failure {
  /** What the callback brings instead of a good code; `{state}` and `{issuer}` are filled in. */
  readonly callback?: string
  /** What the token endpoint responds with. */
  readonly token?: Reply
  /** Whether the next login meets the same again. */
  readonly persistent?: boolean
  readonly scope?: 'openid'
  readonly setting?: 'impatient' | 'late' | 'another browser' | 'twice'
}

const good = 'code=good&state={state}&iss={issuer}'
const refusal = (error: string, status = 400): Reply => ({ status, json: { error } })
const errorOf = (error: string): string => `error=${error}&state={state}&iss={issuer}`

const failures: readonly (readonly [name: string, code: GrantErrorCode, failure: Failure])[] = [
  ['the user says no', 'authorization_denied', { callback: errorOf('access_denied'), persistent: true }],
  ...['invalid_scope', 'invalid_request', 'unauthorized_client', 'unsupported_response_type', 'made_up'].map(
    (error) =>
      [`the callback says ${error}`, 'authorization_error', { callback: errorOf(error), persistent: true }] as const,
  ),
  ...['server_error', 'temporarily_unavailable', 'login_required', 'consent_required'].map(
    (error) => [`the callback says ${error}`, 'authorization_error', { callback: errorOf(error) }] as const,
  ),
  [
    'another issuer',
    'issuer_mismatch',
    { callback: 'code=x&state={state}&iss=https://other.example', persistent: true },
  ],
  ['no issuer', 'issuer_missing', { callback: 'code=x&state={state}', persistent: true }],
  ['another state', 'state_mismatch', { callback: 'code=x&state=other&iss={issuer}' }],
  ['another browser', 'state_mismatch', { setting: 'another browser' }],
  ['no code', 'callback_invalid', { callback: 'state={state}&iss={issuer}' }],
  ['two codes', 'callback_invalid', { callback: `${good}&code=y` }],
  ['a login that took too long', 'transaction_expired', { setting: 'late' }],
  ['a second callback', 'transaction_used', { token: refusal('invalid_grant'), setting: 'twice' }],
  ['a code that has expired', 'token_error', { token: refusal('invalid_grant') }],
  ...['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'invalid_scope', 'invalid_request'].map(
    (error) =>
      [`the token endpoint says ${error}`, 'token_error', { token: refusal(error), persistent: true }] as const,
  ),
  ['a wrong endpoint', 'token_error', { token: { status: 404, text: 'not found' }, persistent: true }],
  ['a server that fails', 'token_error', { token: { status: 503 } }],
  ['a server that is too busy', 'rate_limited', { token: { status: 429, headers: { 'retry-after': '1' } } }],
  ['a broken connection', 'network_error', { token: { reset: true } }],
  ['a server that is silent', 'timeout', { setting: 'impatient' }],
  ['a page instead of a token', 'token_response_invalid', { token: { text: '<html>' }, persistent: true }],
  [
    'a token of another type',
    'token_type_unsupported',
    { token: { json: { access_token: 'x', token_type: 'mac' } }, persistent: true },
  ],
  [
    'a token that is bound to a key',
    'token_type_mismatch',
    { token: { json: { access_token: 'x', token_type: 'DPoP' } }, persistent: true },
  ],
  ['a response without an end', 'response_too_large', { token: { text: 'x'.repeat(1_100_000) }, persistent: true }],
  ['a redirect', 'redirect_refused', { token: { status: 302, headers: { location: '/' } }, persistent: true }],
  ['no ID token', 'id_token_invalid', { scope: 'openid', persistent: true }],
]

/** The clock of this machine, which the test may put forward; a deadline never comes, or at once. */
class TestClock implements Clock {
  ahead = 0
  impatient = false

  now(): number {
    return Date.now() + this.ahead
  }

  sleep(_: number, signal?: AbortSignal): Promise<void> {
    if (this.impatient) return Promise.resolve()
    return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)))
  }
}

/** The documented app, in front of a provider with that failure. */
async function start(failure: Failure) {
  const server = await startFaultServer()
  const clock = new TestClock()
  const metadata = {
    issuer: server.url,
    authorization_endpoint: `${server.url}/authorize`,
    token_endpoint: `${server.url}/token`,
    jwks_uri: `${server.url}/jwks`,
    authorization_response_iss_parameter_supported: true,
  }
  const client = { clientId: 'my-client', redirectUri: 'https://app.example/callback' }
  const login = new Provider({ name: 'acme', metadata }, client, { clock }).grant(Pkce)
  const errors: GrantError[] = []
  const { requestToken, authorize } = login
  if (failure.scope) login.authorize = (options) => authorize.call(login, { ...options, scope: ['openid'] })
  login.requestToken = (...input) =>
    requestToken.apply(login, input).catch((error: unknown) => {
      if (error instanceof GrantError) errors.push(error)
      throw error
    })
  const app = await serveDocumentedLogin(login)
  onTestFinished(async () => {
    app.close()
    await server.close()
  })
  return { server, clock, app, errors }
}

type Stage = Awaited<ReturnType<typeof start>>

/** A browser with one cookie, which counts the redirects that it is sent on. */
class Browser {
  readonly #url: string
  #cookie = ''
  redirects = 0

  constructor(url: string) {
    this.#url = url
  }

  async open(path: string): Promise<Response> {
    const response = await fetch(this.#url + path, { headers: { cookie: this.#cookie }, redirect: 'manual' })
    const [cookie] = response.headers.get('set-cookie')?.split(';') ?? []
    if (cookie !== undefined) this.#cookie = cookie
    if (response.status >= 300 && response.status < 400) this.redirects += 1
    return response
  }

  /** Somebody else's browser, with the same address. */
  other(): Browser {
    return new Browser(this.#url)
  }
}

/** One login, from its link to the page it ends on. */
async function logIn(browser: Browser, { server, clock }: Stage, failure: Failure): Promise<Response> {
  const begun = await browser.open('/login')
  const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? ''
  const query = (failure.callback ?? good).replace('{state}', state).replace('{issuer}', encodeURIComponent(server.url))
  await server.reply('/token', failure.token ?? { json: { access_token: 'opaque', token_type: 'Bearer' } })
  if (failure.setting === 'late') clock.ahead += 600_000
  clock.impatient = failure.setting === 'impatient'
  const visitor = failure.setting === 'another browser' ? browser.other() : browser
  if (failure.setting === 'twice') await visitor.open(`/callback?${query}`)
  return visitor.open(`/callback?${query}`)
}

test.each(failures)('%s: %s is a page, and following its action ends', async (_, code, failure) => {
  const log = vi.spyOn(console, 'log').mockReturnValue() // the page logs what it does not show
  onTestFinished(() => log.mockRestore())
  const stage = await start(failure)
  const browser = new Browser(stage.app.url)
  const page = await logIn(browser, stage, failure)
  const error = stage.errors.at(-1)
  expect(error?.code).toBe(code)
  expect(page.status).toBe(400)
  expect(await page.text()).toMatch(/^<!doctype html><p>[^<]+<a href="\/(?:login)?">/)
  expect(browser.redirects, 'to the provider, and nowhere else').toBe(1)

  const again = error?.action === 'reauthorize' || error?.action === 'retry'
  expect(again, 'what would fail again is not tried again').toBe(!failure.persistent)
  if (!again) return
  expect((await logIn(browser, stage, {})).status, 'the next login').toBe(200)
  expect(browser.redirects).toBe(2)
})

/** Codes of what is refused before the user leaves, of what comes after a login, and of the caller's own abort. */
const elsewhere =
  'config_invalid insecure_url metadata_invalid discovery_failed pkce_unsupported origin_not_allowed ' +
  'reauthorization_required scope_insufficient step_up_required api_error userinfo_invalid ' +
  'logout_token_invalid store_failed aborted'

test('the failures are all that the page about errors lists for a login', () => {
  const page = readFileSync(join(import.meta.dirname, '../guide/errors.md'), 'utf8')
  const [, section = ''] = /\n## Every code\n([^]*?)\n## /.exec(page) ?? []
  const listed = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, code = '']) => code)
  const walked = new Set([...failures.map(([, code]) => code), ...elsewhere.split(' ')])
  expect(listed.filter((code) => !walked.has(code))).toEqual([])
})
