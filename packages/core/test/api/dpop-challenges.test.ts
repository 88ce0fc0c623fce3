import { authorizedFetch, Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { ok } from '../support/api-replies.ts'
import { apiWants, claimsOf, keyPair } from '../support/dpop.ts'
import { deferred } from '../support/deferred.ts'
import { dpopStage } from '../support/dpop-stage.ts'
import { errorOf } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'
import { vectorsOf } from '../support/vectors.ts'

const published = (vectorsOf('DPoP nonce challenge from RS')[0]?.input['headers'] ?? {}) as Record<string, string>
const withNonce = (nonce: string) => ({ ...ok, headers: { 'DPoP-Nonce': nonce } })
const wants = (nonce: string) => apiWants('DPoP error="use_dpop_nonce"', nonce)

describe('an API that wants its nonce', () => {
  test.each([
    published['WWW-Authenticate'] ?? '',
    'dPoP error="use_dpop_nonce"',
    'Bearer realm="a", DPOP error="use_dpop_nonce", unknown="x"',
  ])(
    'R165, R170, fapi2-rs-dpop-auth-scheme-case-insensitivity: by %s is sent the call once more, with the same token',
    async (challenge) => {
      const { url, fetch, proofs, presented, tokenRequests } = await dpopStage([
        apiWants(challenge, 'eyJ7S_zG.eyJH0-Z.HX4w-7v'),
        ok,
      ])
      expect((await fetch(url, { method: 'PUT', body: 'x' })).status).toBe(200)
      const sent = await proofs()
      expect(sent.map(({ nonce }) => nonce)).toEqual([undefined, 'eyJ7S_zG.eyJH0-Z.HX4w-7v'])
      expect(sent[0]?.jti).not.toBe(sent[1]?.jti)
      expect(await presented()).toEqual(['DPoP canary-bound-0', 'DPoP canary-bound-0'])
      expect(await tokenRequests()).toHaveLength(0)
    },
  )

  test('and is not content with it gets no third call, and no other token', async () => {
    const { url, fetch, proofs, tokenRequests } = await dpopStage([wants('one'), wants('two'), ok])
    expect((await fetch(url)).status).toBe(401)
    expect((await proofs()).map(({ nonce }) => nonce)).toEqual([undefined, 'one'])
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('R164: gets the last one with the next call, from a success as well', async () => {
    const { url, fetch, proofs } = await dpopStage([withNonce('one'), withNonce('two'), ok, ok])
    for (let n = 0; n < 4; n++) await fetch(url)
    expect((await proofs()).map(({ nonce }) => nonce)).toEqual([undefined, 'one', 'two', 'two'])
  })

  test('answers whom it asked: each repeated call has the nonce of its own challenge', async () => {
    const all = deferred()
    let arrived = 0
    const together: typeof globalThis.fetch = async (input, init) => {
      const response = await fetch(input, init)
      if ((arrived += 1) === 3) all.resolve()
      await all.promise
      return response
    }
    const stage = await dpopStage([wants('one'), wants('two'), wants('three'), ok], { fetch: together })
    await Promise.all([1, 2, 3].map(() => stage.fetch(stage.url)))
    const sent = (await stage.proofs()).map(({ nonce }) => nonce)
    expect(new Set(sent.slice(3))).toEqual(new Set(['one', 'two', 'three']))
  })

  test('R166: never sees that of the authorization server, nor that of another API', async () => {
    const other = await faultServer()
    await other.reply('/', withNonce('other'))
    const tokenReplies = [1, 2].map((n) => ({
      json: {
        access_token: `canary-bound-${n}`,
        token_type: 'DPoP',
        expires_in: 3600,
        refresh_token: `canary-rt-${n}`,
      },
      headers: { 'DPoP-Nonce': 'server' },
    }))
    const { url, api, tokens, clock, proofs, tokenRequests } = await dpopStage([withNonce('api')], { tokenReplies })
    const fetch = authorizedFetch(tokens, { origins: [api.url, other.url] })
    for (let n = 0; n < 2; n++) {
      await clock.advance(3_600_000)
      await fetch(url)
      await fetch(other.url)
    }
    expect((await proofs()).map(({ nonce }) => nonce)).toEqual([undefined, 'api'])
    expect((await claimsOf(await other.requests())).map(({ nonce }) => nonce)).toEqual([undefined, 'other'])
    expect((await claimsOf(await tokenRequests())).map(({ nonce }) => nonce)).toEqual([undefined, 'server'])
  })

  test('is not sent a stream twice: the response comes back, an event says so, and the next call has the nonce', async () => {
    const { url, fetch, types, proofs, requests, tokenRequests } = await dpopStage([wants('one'), ok])
    const body = (): ReadableStream => new Blob(['canary-body']).stream()
    const send = () => fetch(url, { method: 'POST', body: body(), duplex: 'half' } as RequestInit)
    const refused = await send().catch((error: unknown) => error)
    if (!(refused instanceof Response)) return expect(await requests()).toHaveLength(0) // a browser sends no stream over HTTP/1.1
    expect(refused.status).toBe(401)
    expect(types()).toEqual(['not_replayed'])
    expect((await send()).status).toBe(200)
    expect((await proofs()).map(({ nonce }) => nonce)).toEqual([undefined, 'one'])
    expect(await tokenRequests()).toHaveLength(0)
  })

  test.each(['a b', 'a"b', 'ä', 'n'.repeat(1025)])(
    'A37: but sends one that cannot be sent gets none: %s',
    async (nonce) => {
      const { url, fetch, proofs } = await dpopStage([wants(nonce), ok])
      expect((await fetch(url)).status).toBe(401)
      await fetch(url)
      expect((await proofs()).map((proof) => proof.nonce)).toEqual([undefined, undefined])
    },
  )
})

describe('an API that refuses the proof', () => {
  test('gets no other token, which would not help', async () => {
    const { url, fetch, requests, tokenRequests } = await dpopStage([apiWants('DPoP error="invalid_dpop_proof"')])
    expect((await fetch(url)).status).toBe(401)
    expect(await requests()).toHaveLength(1)
    expect(await tokenRequests()).toHaveLength(0)
  })

  test('R170: because it takes other algorithms is an error that names them, and no loop', async () => {
    for (const error of ['use_dpop_nonce', 'invalid_dpop_proof', 'invalid_token']) {
      const { url, fetch, requests, tokenRequests } = await dpopStage([
        apiWants(`DPoP error="${error}", algs="PS256 <b> EdDSA"`, 'one'),
      ])
      expect(await errorOf(fetch(url))).toMatchObject({
        code: 'config_invalid',
        provider: 'acme',
        status: 401,
        message:
          'the API takes DPoP proofs signed with PS256, EdDSA, and this key signs with ES256: pass { dpop: keyPair } with a key pair for one of those',
      })
      expect(await requests()).toHaveLength(1)
      expect(await tokenRequests()).toHaveLength(0)
    }
  })

  test('for the token, in the same challenge as its algorithms, gets a new one', async () => {
    const { url, fetch, presented } = await dpopStage([apiWants('DPoP error="invalid_token", algs="ES256"'), ok])
    expect((await fetch(url)).status).toBe(200)
    expect(await presented()).toEqual(['DPoP canary-bound-0', 'DPoP canary-bound-1'])
  })
})

test('two providers with a key each never sign for one another, though they call one API', async () => {
  const one = await dpopStage([ok])
  const other = await dpopStage([ok])
  await one.fetch(one.url)
  await authorizedFetch(other.tokens, { origins: [one.api.url] })(one.url)
  await authorizedFetch(Token.from({ accessToken: 'canary-bound', tokenType: 'DPoP' }), {
    origins: [one.api.url],
    dpop: await keyPair(),
  })(one.url)
  const keys = (await one.requests()).map(({ headers }) => headers['dpop']?.split('.')[0])
  expect(new Set(keys).size).toBe(3)
})
