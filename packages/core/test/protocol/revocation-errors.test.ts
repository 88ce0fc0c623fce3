import { type ClientRegistration, type ProviderDefinition, type ProviderOptions, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { clientSecret, confidential, errorOf, eventLog, scene } from '../support/scene.ts'

const token = Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh' })
const accessOnly = Token.from({ accessToken: 'canary-access' })

interface Setting {
  readonly definition?: Partial<ProviderDefinition>
  readonly client?: ClientRegistration
  readonly options?: ProviderOptions
  readonly reply?: Reply
}

/** A provider that revokes at `/revoke`, which responds as told. */
async function revoker({ definition = {}, client = confidential, options = {}, reply = { text: '' } }: Setting = {}) {
  const { server, provider } = await scene()
  await server.reply('/revoke', reply)
  const { events, onEvent } = eventLog()
  const metadata = { token_endpoint: `${server.url}/token`, revocation_endpoint: `${server.url}/revoke` }
  return {
    provider: provider(client, { ...definition, metadata }, { ...options, onEvent }),
    sent: () => server.requests(),
    events,
  }
}

describe('the request of a revocation', () => {
  test('is a form, and asks for JSON', async () => {
    const { provider, sent } = await revoker()
    await provider.revoke(token)
    for (const { method, headers } of await sent()) {
      expect(method).toBe('POST')
      expect(headers).toMatchObject({ accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' })
    }
  })

  test.each(['both', 'access_token', 'either'] as const)(
    'ends the access token where there is no other, whatever the provider wants: %s',
    async (tokens) => {
      const { provider, sent, events } = await revoker({ definition: { revocation: { tokens } } })
      await provider.revoke(accessOnly)
      expect((await sent()).map(({ form }) => form)).toEqual([
        { token: 'canary-access', token_type_hint: 'access_token' },
      ])
      expect(events.map(({ type }) => type)).toEqual(['request'])
    },
  )

  test('carries parameters of the provider’s own, which cannot replace the token', async () => {
    const { provider, sent } = await revoker({
      definition: { revocation: { parameters: { reason: 'logout' }, tokens: 'either' } },
    })
    await provider.revoke(token)
    expect((await sent())[0]?.form).toEqual({
      reason: 'logout',
      token: 'canary-refresh',
      token_type_hint: 'refresh_token',
    })
  })

  test('is named in the events of what it does otherwise', async () => {
    const { provider, events } = await revoker({ definition: { revocation: { authentication: 'bearer' } } })
    await provider.revoke(accessOnly)
    expect(events.filter(({ type }) => type === 'normalised')).toEqual([
      expect.objectContaining({
        type: 'normalised',
        deviation: 'revocation.authentication',
        grantType: 'revocation',
        provider: 'acme',
      }),
    ])
  })
})

describe('a revocation that fails', () => {
  test.each<[string, Partial<ProviderDefinition>]>([
    ['as the standards have it', {}],
    ['as the provider has it', { revocation: { renamed: { token: 'access' } } }],
  ])('says what the server said, without what it echoes: %s', async (_, definition) => {
    const said = `no canary-refresh from ${clientSecret} (${btoa(`cid:${clientSecret}`)})`
    const reply = { status: 400, json: { error: 'unsupported_token_type', error_description: said } }
    const { provider, sent } = await revoker({ definition, reply })
    expect(await errorOf(provider.revoke(token))).toMatchObject({
      code: 'token_error',
      status: 400,
      provider: 'acme',
      message: expect.stringMatching(
        /^acme responded to the revocation request at 127\.0\.0\.1:\d+\/revoke with "unsupported_token_type" \(no \[redacted\] from \[redacted\] \(\[redacted\]\)\)$/,
      ) as string,
    })
    expect(await sent()).toHaveLength(1)
  })

  test('is worth another attempt where the server asks for a pause', async () => {
    const { provider } = await revoker({ reply: { status: 503, headers: { 'retry-after': '7' } } })
    expect(await errorOf(provider.revoke(token))).toMatchObject({ action: 'retry', status: 503, retryAfter: 7 })
  })

  test('does not show what was sent when the connection breaks', async () => {
    const fetch: typeof globalThis.fetch = async (_, init) => {
      throw new TypeError(`cannot send ${String(init?.body)}`)
    }
    const { provider } = await revoker({ options: { fetch } })
    expect(await errorOf(provider.revoke(token))).toMatchObject({
      code: 'network_error',
      cause: { message: 'cannot send token=[redacted]&token_type_hint=refresh_token' },
    })
  })

  test('does not show what an authentication function was given', async () => {
    const authentication: ClientRegistration['authentication'] = ({ body }) => {
      throw new Error(`no signature for ${body.get('token')} with ${clientSecret}`)
    }
    const { provider, sent } = await revoker({ client: { clientId: 'cid', clientSecret, authentication } })
    expect(await errorOf(provider.revoke(token))).toMatchObject({
      code: 'config_invalid',
      cause: { message: 'no signature for [redacted] with [redacted]' },
    })
    expect(await sent()).toEqual([])
  })

  test('without an endpoint says so', async () => {
    const { provider } = await scene()
    expect(await errorOf(provider().revoke(token))).toMatchObject({
      code: 'config_invalid',
      provider: 'acme',
      message: 'acme has no revocation_endpoint in its metadata: add it, or let the tokens expire',
    })
  })
})
