import { logIn, type Row, type Stage } from './stage.ts'

/** A login without what the row is about. */
const plainly = (stage: Stage): Promise<unknown> => logIn(stage, {}, stage.other({}))

/** Asks for the user with a token that has expired. */
async function lateUserinfo(stage: Stage): Promise<unknown> {
  const token = await logIn(stage)
  await stage.server.expire(token.accessToken)
  return stage.provider.userinfo(token)
}

const encrypted = Object.fromEntries(
  ['id_token', 'userinfo', 'introspection'].flatMap((name) => [
    [`${name}_signed_response_alg`, 'RS256'],
    [`${name}_encrypted_response_alg`, 'RSA-OAEP-256'],
  ]),
)

/** The logins of the matrix. */
export const rows: readonly Row[] = [
  {
    name: 'plain',
    failure: ['invalid_scope', (stage) => logIn(stage, { scope: ['fly'] })],
  },
  {
    name: 'PAR',
    server: { require: { pushedRequests: true } },
    failure: ['invalid_scope', (stage) => logIn(stage, { scope: ['fly'] })],
  },
  {
    name: 'JAR',
    server: { require: { requestObjects: true } },
    authorize: { requestObject: true },
    failure: ['invalid_scope', (stage) => logIn(stage, { scope: ['fly'], requestObject: true })],
  },
  {
    name: 'PAR + JAR',
    server: { require: { pushedRequests: true, requestObjects: true } },
    authorize: { pushed: true, requestObject: true },
    failure: ['invalid_scope', (stage) => logIn(stage, { scope: ['fly'], pushed: true, requestObject: true })],
  },
  {
    name: 'DPoP with required nonce',
    server: { require: { dpop: true, dpopNonce: true } },
    options: { dpop: true },
    check: (token) => token.tokenType === 'DPoP',
    failure: ['invalid_grant', plainly],
  },
  {
    name: 'PAR + DPoP',
    server: { require: { pushedRequests: true, dpop: true } },
    options: { dpop: true },
    check: (token) => token.tokenType === 'DPoP',
    failure: ['invalid_grant', plainly],
  },
  {
    name: 'JARM',
    authorize: { responseMode: 'jwt' },
    failure: ['invalid_scope', (stage) => logIn(stage, { scope: ['fly'], responseMode: 'jwt' })],
  },
  {
    name: 'hybrid',
    authorize: { responseType: 'code id_token' },
    check: (token) => token.claims?.sub === 'ada',
    failure: ['invalid_scope', (stage) => logIn(stage, { scope: ['openid', 'fly'], responseType: 'code id_token' })],
  },
  {
    name: 'RAR',
    server: { authorizationDetailsTypes: ['payment'] },
    authorize: { authorizationDetails: [{ type: 'payment', amount: '3' }] },
    failure: ['config_invalid', (stage) => logIn(stage, { authorizationDetails: [{ type: 'flight' }] })],
  },
  {
    name: 'encrypted',
    registered: { metadata: encrypted },
    check: async (token, { provider }) => (await provider.userinfo(token)).sub === 'ada' && token.claims?.sub === 'ada',
    failure: ['id_token_invalid', (stage) => logIn(stage, {}, withoutKey(stage))],
  },
  {
    name: 'userinfo signed',
    registered: { metadata: { userinfo_signed_response_alg: 'RS256' } },
    check: async (token, { provider }) => (await provider.userinfo(token)).sub === 'ada',
    failure: ['invalid_token', lateUserinfo],
  },
  {
    name: 'introspection signed',
    check: async (token, { provider }) => (await provider.introspect(token, { signed: true })).active,
    failure: ['invalid_client', async (stage) => stage.other({}, wrongSecret).introspect('a-token')],
  },
  {
    name: 'FAPI 2.0',
    server: { profile: 'fapi-2.0' },
    client: { idTokenSigningAlgorithm: 'PS256' },
    options: { dpop: true, profile: 'fapi-2.0' },
    check: (token) => token.tokenType === 'DPoP',
    failure: ['invalid_grant', (stage) => logIn(stage, { pushed: true }, stage.other({}))],
  },
]

const wrongSecret = { authentication: 'client_secret_post', clientSecret: 'canary-wrong' } as const

function withoutKey({ other }: Stage) {
  return other({}, { decryptionKey: undefined })
}
