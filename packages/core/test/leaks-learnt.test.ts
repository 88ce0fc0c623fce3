import {
  BackchannelAuthentication,
  DeviceAuthorization,
  GrantError,
  JwtBearer,
  Refresh,
  Saml2Bearer,
  Token,
  TokenExchange,
} from '@grantkit/core'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { assertionStage, clientKey, signer } from './support/client-keys.ts'
import { encryptionKey } from './support/encrypted.ts'
import { openid } from './support/openid.ts'
import { findLeaks } from './support/oracle.ts'
import { pendingStageWith } from './support/pending-stage.ts'
import { accepted, requestStage, signingKey, signs } from './support/request-stage.ts'
import { confidential, goodToken, scene } from './support/scene.ts'

// Secrets without a marker, which the library, a test or a server makes: the leak oracle learns each kind where it passes.

const key = await clientKey('ES256')
const decryption = await encryptionKey('RSA-OAEP-256')
const registered = { privateKey: key.privateKey, keyId: 'key-1' }
const issuer = 'https://id.acme.example'
const accessTokenType = 'urn:ietf:params:oauth:token-type:access_token'

/** A token that nothing but the library is told about. */
const jwt = () => new SignJWT({ n: Math.random() }).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32))
const signatureOf = (text: unknown): string => String(text).split('.').at(-1) ?? ''
const ignored = (failing: Promise<unknown>): Promise<void> =>
  failing.then(
    () => undefined,
    () => undefined,
  )

/** The form of the only token request that a grant makes. */
async function formOf(send: (provider: ReturnType<Awaited<ReturnType<typeof scene>>['provider']>) => Promise<unknown>) {
  const { provider, lastRequest } = await scene({ json: { ...goodToken, issued_token_type: accessTokenType } })
  await send(provider({ ...confidential, signingKey: registered }, { metadata: { issuer } as never }))
  return { ...(await lastRequest()).form }
}

/** A login that gives this callback to the library, which does not accept it. */
async function called(back: (token: string) => ConstructorParameters<typeof URLSearchParams>[0]) {
  const { login: begin } = await requestStage()
  const login = begin()
  const { transaction } = await login.authorize({ responseMode: 'jwt' })
  const token = await jwt()
  await ignored(login.requestToken(back(token) as string, transaction))
  return signatureOf(token)
}

async function requestObject(pushed: boolean) {
  const stage = await requestStage()
  const { url } = await stage.login(signs, { signingKey }).authorize({ requestObject: true, pushed })
  return signatureOf(pushed ? (await stage.pushed())[0]?.form?.['request'] : url.searchParams.get('request'))
}

async function ping() {
  const { provider } = await pendingStageWith({ auth_req_id: 'the-auth-req-id-of-a-server' })
  const grant = provider().grant(BackchannelAuthentication)
  return (await grant.authorize({ loginHint: 'ada', scope: ['openid'], mode: 'ping' })).transaction
}

const given = async (give: (provider: Awaited<ReturnType<typeof openid>>['provider'], token: string) => unknown) => {
  const { provider } = await openid({ metadata: { revocation_endpoint: 'http://127.0.0.1:1/' } })
  const token = await jwt()
  await ignored(Promise.resolve(give(provider, token)))
  return signatureOf(token)
}

test.each<[kind: string, make: () => Promise<unknown>]>([
  ['the private key of a client', async () => key.jwk['d']],
  ['the same in PEM, and in a second test', async () => key.pem.split('\n')[1]],
  ['the private key that decrypts', async () => decryption.privateJwk.d],
  [
    'a client assertion',
    async () => signatureOf((await (await assertionStage()).formOf(signer(key.privateKey)))['client_assertion']),
  ],
  [
    'an assertion that the library signs',
    async () =>
      signatureOf((await formOf((acme) => acme.grant(JwtBearer).requestToken({ subject: 'ada' })))['assertion']),
  ],
  [
    'an assertion of SAML',
    async () => (await formOf((acme) => acme.grant(Saml2Bearer).requestToken('PEFzc2VydGlvbiBvZj0iYSI-')))['assertion'],
  ],
  [
    'the token that is exchanged',
    async () => {
      const subjectToken = await jwt()
      await formOf((acme) => acme.grant(TokenExchange).requestToken({ subjectToken, subjectTokenType: 'access_token' }))
      return signatureOf(subjectToken)
    },
  ],
  [
    'a DPoP proof',
    async () => {
      const { provider, lastRequest } = await scene({ json: { access_token: 'a', token_type: 'DPoP' } })
      await provider(confidential, {}, { dpop: true }).grant(Refresh).requestToken('refresh')
      return signatureOf((await lastRequest()).headers['dpop'])
    },
  ],
  [
    'a device code',
    async () => {
      const { provider } = await pendingStageWith({ device_code: 'the-device-code-of-a-server' })
      return (await provider().grant(DeviceAuthorization).authorize()).transaction.deviceCode
    },
  ],
  ['the identifier of a login on another device', async () => (await ping()).authReqId],
  ['the bearer token of a ping', async () => (await ping()).clientNotificationToken],
  ['a request object in the URL', () => requestObject(false)],
  ['a request object that is pushed', () => requestObject(true)],
  [
    'what stands for a pushed request',
    async () => {
      const { login } = await requestStage()
      await login().authorize({ pushed: true })
      return (accepted.json as { request_uri: string }).request_uri
    },
  ],
  ['a signed callback', () => called((token) => `?response=${token}`)],
  ['a signed callback that was parsed', () => called((response) => ({ response }))],
  ['an ID token of the front channel', () => called((token) => `https://app.example/#id_token=${token}`)],
  ['a logout token', () => given((provider, token) => provider.verifyLogoutToken(token))],
  [
    'a token whose user is asked for',
    () => given((provider, accessToken) => provider.userinfo(Token.from({ accessToken }), { subject: 'ada' })),
  ],
  ['a token that is introspected', () => given((provider, token) => provider.introspect(token))],
  ['a code verifier', async () => (await (await requestStage()).login().authorize()).transaction.codeVerifier],
])('the leak oracle learns %s', async (_, make) => {
  const secret = String(await make())
  expect(secret.length).toBeGreaterThan(20)
  expect(new GrantError('token_error', `it is ${secret}`).code).toBe('token_error')
  expect((await findLeaks()).join('\n')).toContain(`error.message holds ${secret.slice(0, 40)}`)
})
