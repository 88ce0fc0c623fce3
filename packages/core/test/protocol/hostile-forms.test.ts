import { AuthorizationCode, ClientCredentials, Pkce, Refresh } from '@grantkit/core'
import { expect, onTestFinished, test, vi } from 'vitest'
import { errorInBody, fieldOf } from '../../src/protocol/oauth-error.ts'
import { parseForm } from '../../src/wire/form.ts'
import { confidential, errorOf, publicClient, redirectUri, scene } from '../support/scene.ts'

/** Forms of 1 MiB for which `URLSearchParams` takes a time that grows with the square of their length. */
const hostile = `a=${'&error'.repeat(174_000)}`
const named = `error=x${'&b'.repeat(524_000)}`
const asForm = { 'content-type': 'application/x-www-form-urlencoded' }
/** The longest string that `URLSearchParams` may be given: longer than a callback may be. */
const longest = 32 * 1024

/** The lengths of the strings that `URLSearchParams` is given while a test runs. */
function parsedLengths(): readonly number[] {
  const lengths: number[] = []
  const Original = URLSearchParams
  vi.stubGlobal(
    'URLSearchParams',
    class extends Original {
      constructor(...input: ConstructorParameters<typeof Original>) {
        if (typeof input[0] === 'string') lengths.push(input[0].length)
        super(...input)
      }
    },
  )
  onTestFinished(() => void vi.unstubAllGlobals())
  return lengths
}

test('the form is one of 1 MiB', () => expect(hostile.length).toBeGreaterThan(1_000_000))

test.each([
  ['an error', { status: 400, text: hostile, headers: asForm }, {}],
  ['an error with a name', { status: 400, text: named }, {}],
  ['an error with status 200', { text: named }, { formEncoded: true as const }],
  ['an error without a type', { status: 400, text: hostile }, {}],
  ['a success', { text: hostile, headers: asForm }, {}],
  ['a success where a form is declared', { text: hostile, headers: asForm }, { formEncoded: true as const }],
  ['a token with it', { text: `access_token=canary&${hostile}`, headers: asForm }, { formEncoded: true as const }],
])('a hostile form from the token endpoint stops no thread: %s', async (_, reply, tokenResponse) => {
  const { provider } = await scene(reply)
  const acme = provider(confidential, { tokenResponse })
  const lengths = parsedLengths()
  for (const request of [
    () => acme.grant(ClientCredentials).requestToken(),
    () => acme.grant(Refresh).requestToken('canary-refresh-token'),
    () => acme.grant(AuthorizationCode).exchangeCode({ code: 'canary-code' }),
  ])
    expect(['token_error', 'token_response_invalid']).toContain((await errorOf(request)).code)
  expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(longest)
})

test.each([
  [200, named],
  [400, hostile],
  [400, named],
  [503, hostile],
])('nor one from the revocation endpoint, with status %i', async (status, text) => {
  const { server, provider } = await scene()
  await server.reply('/revoke', { status, text, headers: asForm })
  const metadata = { token_endpoint: `${server.url}/token`, revocation_endpoint: `${server.url}/revoke` }
  const lengths = parsedLengths()
  const revoked = provider(confidential, { metadata }).revoke('canary-refresh-token')
  expect((await errorOf(revoked)).code).toBe('token_error')
  expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(longest)
})

test('nor one that comes as a callback', async () => {
  const { provider, tokenRequests } = await scene()
  const login = provider(publicClient).grant(Pkce)
  const { transaction } = await login.authorize()
  const post = new Request(redirectUri, { method: 'POST', body: hostile, headers: asForm })
  const lengths = parsedLengths()
  for (const callback of [`/callback?${hostile}`, `?${hostile}`, { url: `/callback?${hostile}` }, post])
    expect((await errorOf(login.requestToken(callback, transaction))).code).toBe('callback_invalid')
  expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(longest)
  expect(await tokenRequests()).toHaveLength(0)
})

test('what reads such a form stops after a thousand fields', () => {
  const decoded = vi.spyOn(globalThis, 'decodeURIComponent')
  onTestFinished(() => decoded.mockRestore())
  parseForm(hostile)
  errorInBody(named)
  fieldOf(named, 'access_token')
  expect(decoded.mock.calls.length).toBeLessThanOrEqual(3 * 2 * 1000)
})
