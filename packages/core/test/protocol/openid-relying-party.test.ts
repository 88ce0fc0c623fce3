import { Pkce, Provider, Refresh, type Token } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { base64url } from '../../src/wire/base64url.ts'
import { keyOf, logIn, openid, rs256, sign } from '../support/openid.ts'
import { clientSecret, errorOf, eventLog, publicClient, redirectUri } from '../support/scene.ts'

// The modules of the OpenID Foundation's suite for relying parties that are about the code flow, by their names. The
// suite sees only the wire, so what it asks of every module is checked here after each login, too.

type Stage = Awaited<ReturnType<typeof openid>>

/** Logs in, and looks at the wire as the suite does. */
async function pass(stage: Stage, ...how: readonly [change?: object, signing?: object]): Promise<Token> {
  const token = await logIn(stage, ...how)
  await checkWire(stage)
  return token
}

/** Why a login is refused: nobody gets its access token. */
async function refusal(stage: Stage, ...how: readonly [change?: object, signing?: object]): Promise<string> {
  const { code } = await errorOf(logIn(stage, ...how))
  await checkWire(stage)
  return code
}

async function checkWire({ server }: Stage): Promise<void> {
  const requests = (await server.requests()).filter(({ path }) => path === '/token')
  for (const { method, url, headers, form } of requests) {
    expect(method).toBe('POST')
    expect(url).toBe(`${server.url}/token`)
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(form?.['client_id'] ?? headers['authorization']).toBeDefined()
    if (form?.['grant_type'] === 'authorization_code') expect(form['redirect_uri']).toBe(redirectUri)
  }
}

const without = (claim: string) => ({ [claim]: undefined })

describe('the login', () => {
  test('oidcc-client-test: a code is redeemed, and the ID token names the user', async () => {
    const stage = await openid()
    const { url, transaction } = await stage.provider.grant(Pkce).authorize({ scope: ['openid'] })
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'cid',
      redirect_uri: redirectUri,
      scope: 'openid',
      nonce: transaction.nonce,
    })
    expect((await pass(stage)).claims?.['sub']).toBe('ada')
  })

  test('oidcc-client-test-client-secret-basic: the client authenticates with Basic', async () => {
    const stage = await openid({ client: { clientSecret } })
    await pass(stage)
    const request = (await stage.server.requests()).find(({ path }) => path === '/token')
    expect(request?.headers['authorization']).toBe(`Basic ${btoa(`cid:${clientSecret}`)}`)
    expect(request?.form).not.toHaveProperty('client_secret')
  })

  test('oidcc-client-test-scope-userinfo-claims: the scopes of the standard claims are asked for', async () => {
    const { provider } = await openid()
    const scope = ['openid', 'profile', 'email', 'address', 'phone']
    const { url } = await provider.grant(Pkce).authorize({ scope })
    expect(url.searchParams.get('scope')).toBe('openid profile email address phone')
  })

  test('oidcc-client-test-form-post-error: an error that comes as a form is read', async () => {
    const { provider } = await openid()
    const login = provider.grant(Pkce)
    const parameters = { max_age: '0', prompt: 'none', response_mode: 'form_post' }
    const { transaction } = await login.authorize({ scope: ['openid'], parameters })
    const body = new URLSearchParams({ error: 'login_required', state: transaction.state })
    const error = await errorOf(login.requestToken(new Request(redirectUri, { method: 'POST', body }), transaction))
    expect(error).toMatchObject({ code: 'authorization_error', oauth: { error: 'login_required' } })
  })
})

describe('the claims', () => {
  test('oidcc-client-test-invalid-iss: another issuer is refused', async () => {
    expect(await refusal(await openid(), { iss: 'https://evil.example' })).toBe('id_token_invalid')
  })

  test('R219, oidcc-client-test-invalid-iss: so is the same one with a slash at its end', async () => {
    const stage = await openid()
    expect(await refusal(stage, { iss: `${stage.server.url}/` })).toBe('id_token_invalid')
  })

  test('oidcc-client-test-missing-sub: no user is refused', async () => {
    expect(await refusal(await openid(), without('sub'))).toBe('id_token_invalid')
  })
  test('oidcc-client-test-invalid-aud: another audience is refused', async () => {
    expect(await refusal(await openid(), { aud: 'x' })).toBe('id_token_invalid')
  })
  test('oidcc-client-test-missing-aud: no audience is refused', async () => {
    expect(await refusal(await openid(), without('aud'))).toBe('id_token_invalid')
  })
  test('oidcc-client-test-missing-iat: no time of issue is refused', async () => {
    expect(await refusal(await openid(), without('iat'))).toBe('id_token_invalid')
  })
  test('oidcc-client-test-nonce-invalid: the nonce of another login is refused', async () => {
    expect(await refusal(await openid(), { nonce: 'of another login' })).toBe('id_token_invalid')
  })

  test('oidcc-client-test-invalid-athash: the hash of another access token is refused', async () => {
    expect(await refusal(await openid(), { at_hash: base64url(new Uint8Array(16)) })).toBe('id_token_invalid')
  })

  test('R185: a wrong nonce hands out nothing: no token, and no event that says so', async () => {
    const { events, onEvent } = eventLog()
    expect(await refusal(await openid({ onEvent }), { nonce: 'of another login' })).toBe('id_token_invalid')
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['request']))
  })
})

describe('the signature', () => {
  test('oidcc-client-test-idtoken-sig-rs256: RS256 is accepted', async () => {
    expect((await pass(await openid(), {}, { key: rs256 })).idToken).toMatch(/^ey/)
  })

  test.each([
    ['oidcc-client-test-invalid-sig-rs256', 'RS256'],
    ['oidcc-client-test-invalid-sig-es256', 'ES256'],
  ])('%s: a signature of another key is refused', async (_, algorithm) => {
    const [published, other] = [await keyOf(algorithm, 'k1'), await keyOf(algorithm, 'k1')]
    const stage = await openid({ keys: [published.jwk], client: { idTokenSigningAlgorithm: algorithm } })
    expect(await refusal(stage, {}, { key: other })).toBe('id_token_invalid')
    await pass(stage, {}, { key: published })
  })

  test.each([
    ['oidcc-client-test-idtoken-sig-none: an ID token without signature', 'none'],
    ['oidcc-client-test-invalid-sig-hs256: one that is signed with a secret', 'HS256'],
  ])('%s is refused', async (_, alg) => {
    const stage = await openid({ client: { clientSecret } })
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    const part = (value: object) => base64url(new TextEncoder().encode(JSON.stringify(value)))
    const claims = part({ ...stage.claims(), nonce: transaction.nonce })
    await stage.answer(`${part({ alg })}.${claims}.${alg === 'none' ? '' : base64url(new Uint8Array(32))}`)
    const error = await errorOf(login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
    expect(error.code).toBe('id_token_invalid')
  })
})

describe('the keys', () => {
  test('oidcc-client-test-kid-absent-single-jwks: the only key fits', async () => {
    expect((await pass(await openid(), {}, { header: { kid: undefined } })).claims?.['sub']).toBe('ada')
  })

  test('oidcc-client-test-kid-absent-multiple-jwks: of several keys, the right one is found', async () => {
    const keys = [(await keyOf('RS256', 'a')).jwk, rs256.jwk, (await keyOf('RS256', 'b')).jwk]
    expect((await pass(await openid({ keys }), {}, { header: { kid: undefined } })).claims?.['sub']).toBe('ada')
  })

  test('oidcc-client-test-signing-key-rotation: keys that were rotated between two logins are fetched again', async () => {
    const stage = await openid()
    await pass(stage)
    const next = await keyOf('RS256', 'next')
    await stage.publish(next.jwk)
    await pass(stage, {}, { key: next })
    expect(await stage.jwksRequests()).toBe(2)
  })

  test('oidcc-client-test-signing-key-rotation-just-before-signing: and so are those rotated during one', async () => {
    const stage = await openid()
    await pass(stage)
    const login = stage.provider.grant(Pkce)
    const { transaction } = await login.authorize({ scope: ['openid'] })
    const next = await keyOf('RS256', 'next')
    await stage.publish(next.jwk, rs256.jwk)
    await stage.answer(await sign({ ...stage.claims(), nonce: transaction.nonce }, { key: next }))
    const token = await login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction)
    expect(token.claims?.['sub']).toBe('ada')
  })
})

describe('discovery', () => {
  /** An OpenID provider that publishes what it is told to, and is found by its issuer. */
  async function published(change: object = {}) {
    const stage = await openid()
    const { url } = stage.server
    await stage.server.reply('/.well-known/openid-configuration', {
      json: {
        issuer: url,
        authorization_endpoint: `${url}/a`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/jwks`,
        id_token_signing_alg_values_supported: ['RS256'],
        ...change,
      },
    })
    const discover = () => Provider.discover(url, publicClient, { clock: stage.clock })
    return { ...stage, discover }
  }

  test('oidcc-client-test-discovery-openid-config: the configuration is really fetched', async () => {
    const { discover, server } = await published()
    const provider = await discover()
    expect(provider.definition.metadata.token_endpoint).toBe(`${server.url}/token`)
    expect((await server.requests()).map(({ path }) => path)).toContain('/.well-known/openid-configuration')
  })

  test('oidcc-client-test-discovery-jwks-uri-keys: and so are the keys, from where it says', async () => {
    const stage = await published()
    const provider = await stage.discover()
    expect((await pass({ ...stage, provider })).claims?.['sub']).toBe('ada')
    expect(await stage.jwksRequests()).toBe(1)
  })

  test('oidcc-client-test-discovery-issuer-mismatch: the configuration of another issuer is not used', async () => {
    const { discover, server } = await published({ issuer: 'https://other.example' })
    expect((await errorOf(discover())).code).toBe('issuer_mismatch')
    expect((await server.requests()).map(({ path }) => path)).not.toContain('/jwks')
  })
})

describe('refreshing', () => {
  /** A refresh whose ID token is made of honest claims, changed by the test. */
  async function refresh(change: object) {
    const stage = await openid()
    const token = (await pass(stage)).with({ refreshToken: 'canary-refresh-token' })
    await stage.answer(await sign({ ...stage.claims(), ...change }))
    const result = stage.provider.grant(Refresh).requestToken(token)
    await result.catch(() => undefined)
    await checkWire(stage)
    return result
  }

  test('oidcc-client-test-refresh-token: a refresh token is used', async () => {
    expect((await refresh({})).claims?.['sub']).toBe('ada')
  })

  test('oidcc-client-test-refresh-token-invalid-issuer: an ID token of another issuer is refused', async () => {
    expect((await errorOf(refresh({ iss: 'https://evil.example' }))).code).toBe('id_token_invalid')
  })

  test('oidcc-client-test-refresh-token-invalid-sub: an ID token of another user is refused', async () => {
    expect((await errorOf(refresh({ sub: 'eve' }))).code).toBe('id_token_invalid')
  })
})
