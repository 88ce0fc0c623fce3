import { memoryStore, Token } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { clientSecret, confidential, errorOf, scene } from '../support/scene.ts'

const token = Token.from({ accessToken: 'canary-access', refreshToken: 'canary-refresh' })

/** A provider that revokes at `/revoke`, which answers as told. */
async function revoker(...replies: readonly Reply[]) {
  const { server, provider } = await scene()
  await server.reply('/revoke', ...replies)
  const metadata = { token_endpoint: `${server.url}/token`, revocation_endpoint: `${server.url}/revoke` }
  return { server, provider: provider(confidential, { metadata }) }
}

describe('a revocation (RFC 7009)', () => {
  test('R64: is an authenticated POST of the token with a hint of what it is', async () => {
    const { provider, server } = await revoker({ text: '' })
    await provider.revoke('canary-refresh')
    const [request] = await server.requests()
    expect(request).toMatchObject({
      method: 'POST',
      body: 'token=canary-refresh&token_type_hint=refresh_token',
      headers: {
        authorization: `Basic ${btoa(`cid:${clientSecret}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
    })
  })

  test('R64: goes to no endpoint that could be read on the way', async () => {
    const { provider } = await scene()
    const metadata = {
      token_endpoint: 'https://id.acme.example/token',
      revocation_endpoint: 'http://id.acme.example/r',
    }
    expect((await errorOf(() => provider(confidential, { metadata }))).code).toBe('insecure_url')
  })

  test.each<[string, Reply]>([
    ['nothing', { text: '' }],
    ['a page', { text: '<html>error</html>', headers: { 'content-type': 'text/html' } }],
    ['JSON', { json: { revoked: false } }],
  ])('R65: is done with status 200, whatever else is said: %s', async (_, reply) => {
    const { provider } = await revoker(reply)
    await expect(provider.revoke(token)).resolves.toBeUndefined()
  })

  test('R66: that the server cannot do now leaves the token alive, and can be repeated', async () => {
    const { provider, server } = await revoker({ status: 503, headers: { 'retry-after': '1' } }, { text: '' })
    expect(await errorOf(provider.revoke(token))).toMatchObject({ action: 'retry', status: 503, retryAfter: 1 })
    await provider.revoke(token)
    expect(await server.requests()).toHaveLength(3)
  })

  test('R67: of a type that the server does not revoke says so', async () => {
    const { provider } = await revoker({ status: 400, json: { error: 'unsupported_token_type' } })
    expect(await errorOf(provider.revoke(token))).toMatchObject({
      code: 'token_error',
      oauth: { error: 'unsupported_token_type' },
    })
  })

  test('R68: of what a source holds is followed by no use of it: the token is forgotten first', async () => {
    const { provider, server } = await revoker({ text: '' })
    const tokens = provider.tokenSource({ store: memoryStore(), key: 'ada' })
    await tokens.save(token)
    await tokens.clear({ revoke: true })
    expect((await errorOf(tokens.token())).code).toBe('reauthorization_required')
    expect((await server.requests()).map(({ path }) => path)).toEqual(['/revoke', '/revoke'])
  })

  test('R69: begins with the refresh token, which ends the grant', async () => {
    const { provider, server } = await revoker({ text: '' })
    await provider.revoke(token)
    expect((await server.requests()).map(({ form }) => form?.['token'])).toEqual(['canary-refresh', 'canary-access'])
  })
})
