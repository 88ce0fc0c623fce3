import { authorizedFetch, type DpopKeyPair, Token, type TokenSource } from '@grantkit/core'
import { apiClient } from '@grantkit/core/ky'
import { describe, expect, test } from 'vitest'
import { ok, unauthorized } from '../support/api-replies.ts'
import { someTime } from '../support/clock.ts'
import { apiWants, keyPair, proofIn, readProof } from '../support/dpop.ts'
import { dpopStage } from '../support/dpop-stage.ts'
import { errorOf } from '../support/scene.ts'
import { faultServer } from '../support/servers.ts'
import { vectorsOf } from '../support/vectors.ts'

const hashOf = async (text: string): Promise<string> => {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  const base64 = btoa(String.fromCharCode(...bytes))
  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

describe('a call with a token that is bound to a key', () => {
  test('R156, R157, R161: presents it with the scheme DPoP, and a proof with its hash, the method, the URL and the time', async () => {
    const { url, fetch, requests, presented, keys } = await dpopStage([ok])
    expect((await fetch(`${url}?x=1#f`, { method: 'POST', body: '{}' })).status).toBe(200)
    expect(await presented()).toEqual(['DPoP canary-bound-0'])
    const [request] = await requests()
    const { claims, jwk } = await proofIn(request as never)
    const publicKey = await crypto.subtle.exportKey('jwk', (keys as DpopKeyPair).publicKey)
    expect([jwk.x, jwk.y]).toEqual([publicKey.x, publicKey.y])
    expect(claims).toEqual({
      htm: 'POST',
      htu: url,
      iat: someTime / 1000,
      jti: expect.any(String) as string,
      ath: await hashOf('canary-bound-0'),
    })
  })

  test.each(vectorsOf('DPoP ath'))('R157: $name ($source)', async ({ input, expected }) => {
    const { url, api, proofs } = await dpopStage([ok])
    const token = Token.from({ accessToken: String(input['access_token']), tokenType: 'DPoP' })
    await authorizedFetch(token, { origins: [api.url], dpop: await keyPair() })(url)
    expect((await proofs())[0]?.ath).toBe(expected)
  })

  test.each(vectorsOf('DPoP htu'))('$name ($source)', async ({ input, expected }) => {
    const sent: (string | null)[] = []
    const fetch: typeof globalThis.fetch = async (_, init) => {
      sent.push(new Headers(init?.headers).get('dpop'))
      return new Response()
    }
    const token = Token.from({ accessToken: 'canary-bound', tokenType: 'DPoP' })
    const url = String(input['url'])
    await authorizedFetch(token, { origins: [new URL(url).origin], dpop: await keyPair(), fetch })(url)
    const { claims } = await proofIn({ rawHeaders: ['dpop', ''], headers: { dpop: String(sent[0]) } })
    expect(claims.htu).toBe(expected)
  })

  test('R154: has a proof of its own, however many run at once', async () => {
    const { url, fetch, requests } = await dpopStage([ok])
    await Promise.all(Array.from({ length: 50 }, () => fetch(url)))
    const proofs = await Promise.all((await requests()).map(readProof))
    expect(new Set(proofs.map(({ claims }) => claims.jti)).size).toBe(50)
  })

  test('R167, G18: has a new proof when the API was busy', async () => {
    const busy = { status: 503, headers: { 'Retry-After': '0' } }
    const { url, tokens, clock, proofs } = await dpopStage([busy, ok, busy, ok])
    const waiting = authorizedFetch(tokens, { retry: {} })(url)
    while (clock.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await clock.advance(1000)
    expect((await waiting).status).toBe(200)
    await apiClient(tokens).get(url).json()
    const sent = await proofs()
    expect(sent).toHaveLength(4)
    expect(new Set(sent.map(({ jti }) => jti)).size).toBe(4)
  })

  test('is repeated with a new token, and a proof of that, after a 401', async () => {
    const { url, fetch, proofs, presented, tokenRequests } = await dpopStage([unauthorized, ok])
    expect((await fetch(url)).status).toBe(200)
    expect(await presented()).toEqual(['DPoP canary-bound-0', 'DPoP canary-bound-1'])
    expect((await proofs())[1]?.ath).toBe(await hashOf('canary-bound-1'))
    await proofIn((await tokenRequests())[0] as never)
  })

  test('has a proof of each URL along a redirect, and none beyond its origins', async () => {
    const elsewhere = await faultServer()
    await elsewhere.reply('/', ok)
    const { api, url, fetch, requests } = await dpopStage([{ redirect: '/v2/me' }])
    await api.reply('/v2/me', { redirect: `${elsewhere.url}/` })
    const visible = (await fetch(url).catch(() => undefined)) !== undefined // a browser shows no redirect, and follows none with a proof
    const [moved] = await requests('/v2/me')
    if (visible) expect((await proofIn(moved as never)).claims.htu).toBe(`${api.url}/v2/me`)
    for (const { headers } of await elsewhere.requests())
      expect([headers['authorization'], headers['dpop']]).toEqual([undefined, undefined])
    expect(await elsewhere.requests()).toHaveLength(visible ? 1 : 0)
  })

  test('A62, R162: is never made with the scheme Bearer, whatever the API asks for', async () => {
    const { url, fetch, presented } = await dpopStage([
      apiWants('Bearer realm="api"'),
      apiWants('Bearer error="invalid_token"'),
    ])
    expect((await fetch(url)).status).toBe(401)
    expect(await presented()).toEqual(['DPoP canary-bound-0', 'DPoP canary-bound-1'])
  })

  test('goes as RFC 9449 says, even where the API wants its own header or scheme for other tokens', async () => {
    const rules = { token: { header: 'x-token', scheme: 'Token' } }
    const { url, fetch, requests } = await dpopStage([ok], { definition: { api: rules } })
    await fetch(url, { headers: { dpop: 'mine' } })
    const [request] = await requests()
    expect([request?.headers['authorization'], request?.headers['x-token']]).toEqual(['DPoP canary-bound-0', undefined])
    await proofIn(request as never)
  })
})

describe('a plain DPoP token', () => {
  const bound = Token.from({ accessToken: 'canary-bound', tokenType: 'DPoP' })

  test('A62: needs its key pair, before anything is sent', async () => {
    expect(await errorOf(() => authorizedFetch(bound, { origins: ['https://api.acme.example'] }))).toMatchObject({
      code: 'config_invalid',
      message: 'a DPoP token needs the key pair that it is bound to: write { origins, dpop: keyPair }',
    })
  })

  test('is presented with it, by apiClient, too', async () => {
    const { url, api, presented } = await dpopStage([ok])
    const dpop = await keyPair()
    await authorizedFetch(bound, { origins: [api.url], dpop })(url)
    await apiClient(bound, { baseUrl: `${api.url}/v1/`, dpop })
      .get('me')
      .json()
    expect(await presented()).toEqual(['DPoP canary-bound', 'DPoP canary-bound'])
  })

  test.each([true, { privateKey: 'canary' }])('is not presented with %o', async (dpop) => {
    const options = { origins: ['https://api.acme.example'], dpop: dpop as never }
    expect((await errorOf(() => authorizedFetch(bound, options))).code).toBe('config_invalid')
  })

  test('a source with a key takes no other', async () => {
    const { tokens } = await dpopStage([ok])
    const dpop = await keyPair()
    expect((await errorOf(() => authorizedFetch(tokens, { dpop }))).message).toContain('dpop is for a plain Token')
  })

  test('a wrapper that passes on what its source carries keeps the key, and one that does not is told', async () => {
    const { url, api, tokens, presented } = await dpopStage([ok])
    await authorizedFetch({ ...tokens, token: (options) => tokens.token(options) })(url)
    expect(await presented()).toHaveLength(1)
    const { api: _, ...without } = tokens
    const bare: TokenSource = without
    const error = await errorOf(authorizedFetch(bare, { origins: [api.url] })(url))
    expect(error).toMatchObject({
      code: 'config_invalid',
      message: expect.stringContaining('pass its `api` on') as string,
    })
    expect(await presented()).toHaveLength(1)
  })
})
