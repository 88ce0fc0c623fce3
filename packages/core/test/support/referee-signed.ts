import { Pkce, Provider, Token } from '@grantkit/core'
import { configurationOf } from '@grantkit/core/openid-client'
import { base64url, type JWTPayload } from 'jose'
import {
  authorizationCodeGrant,
  type Configuration,
  fetchUserInfo,
  tokenIntrospection,
  useCodeIdTokenResponseType,
  useJwtResponseMode,
} from 'openid-client'
import { someTime, testClock } from './clock.ts'
import { accessToken, type Key, rs256, sign } from './openid.ts'
import { metadata as endpoints } from './referee-endpoints.ts'
import { publicClient, redirectUri, watched } from './scene.ts'

/** openid-client verifies signed user information by algorithms that are listed, and by no other. */
export const metadata = { ...endpoints, userinfo_signing_alg_values_supported: ['RS256'] }
/** In seconds since the epoch. */
export const now = someTime / 1000
const hashOf = async (value: string) => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(value))
  return base64url.encode(new Uint8Array(digest).slice(0, 16))
}
const code = 'canary-code'

/** What is signed, in which type of token and response, and how both read it. */
export interface Kind {
  readonly claims: JWTPayload
  readonly typ?: string
  readonly contentType?: string
  own(stage: Stage): Promise<unknown>
  other(stage: Stage): Promise<unknown>
}

/** A provider that signs what the test says, without a network. */
export interface Stage {
  readonly provider: Provider
  readonly configuration: Configuration
  /** Signs the claims, whose placeholders are filled in. */
  readonly signed: (values?: Readonly<Record<string, string>>) => Promise<string>
  /** The nonce of the ID token of the token response. */
  nonce?: string
}

const issued = { iss: metadata.issuer, aud: 'cid' }
const token = Token.from({ accessToken: 'canary-token' })
const idToken = { ...issued, sub: 'ada', iat: now, exp: now + 300, nonce: '{nonce}', c_hash: await hashOf(code) }

/** A login whose callback is what the test signs. */
async function loggingIn(stage: Stage, options: object, queryOf: (jwt: string, state: string) => string) {
  const { provider, signed } = stage
  const login = provider.grant(Pkce)
  const { transaction } = await login.authorize(options)
  const { state, nonce = '', codeVerifier } = transaction
  stage.nonce = nonce
  const query = queryOf(await signed({ state, nonce, s_hash: await hashOf(state) }), state)
  const checks = { expectedState: state, pkceCodeVerifier: codeVerifier, ...(nonce && { expectedNonce: nonce }) }
  const url = new URL(redirectUri + query)
  return { own: () => login.requestToken(query, transaction), url, checks: checks as never }
}

const jarm = (stage: Stage) => loggingIn(stage, { responseMode: 'jwt' }, (jwt) => `?response=${jwt}`)
const hybrid = (stage: Stage) =>
  loggingIn(
    stage,
    { scope: ['openid'], responseType: 'code id_token' },
    (jwt, state) => `#code=${code}&state=${state}&id_token=${jwt}`,
  )

/** Whatever a server signs beside the ID token of a token response. */
export const kinds = {
  'user information': {
    claims: { ...issued, sub: 'ada' },
    contentType: 'application/jwt',
    own: ({ provider }) => provider.userinfo(token, { subject: 'ada' }),
    other: ({ configuration }) => fetchUserInfo(configuration, 'canary-token', 'ada'),
  },
  introspection: {
    claims: { ...issued, iat: now, token_introspection: { active: true } },
    typ: 'token-introspection+jwt',
    contentType: 'application/token-introspection+jwt',
    own: ({ provider }) => provider.introspect('canary-token'),
    other: ({ configuration }) => tokenIntrospection(configuration, 'canary-token'),
  },
  'authorization response': {
    claims: { ...issued, exp: now + 300, code, state: '{state}' },
    own: async (stage) => (await jarm(stage)).own(),
    other: async (stage) => {
      useJwtResponseMode(stage.configuration)
      const { url, checks } = await jarm(stage)
      return authorizationCodeGrant(stage.configuration, url, checks)
    },
  },
  'ID token beside a code': {
    claims: idToken,
    own: async (stage) => (await hybrid(stage)).own(),
    other: async (stage) => {
      useCodeIdTokenResponseType(stage.configuration)
      const { url, checks } = await hybrid(stage)
      return authorizationCodeGrant(stage.configuration, url, checks)
    },
  },
} satisfies Record<string, Kind>
/** The name of a kind. */
export type KindName = keyof typeof kinds

/** One thing that is wrong: claims, header, key. */
export interface Case {
  readonly kind: KindName
  readonly change?: object
  readonly header?: object
  readonly key?: Key
  /** Whether the metadata lists no algorithms. */
  readonly unlisted?: boolean
}

async function stageOf({ kind, change, header, key, unlisted }: Case): Promise<Stage> {
  const { claims, typ, contentType = '' }: Kind = kinds[kind]
  const signed: Stage['signed'] = async (values = {}) => {
    const filled = JSON.stringify({ ...claims, ...change }).replaceAll(/\{(\w+)\}/g, (all, name) => values[name] ?? all)
    return sign(JSON.parse(filled) as JWTPayload, { header: { ...(typ && { typ }), ...header }, ...(key && { key }) })
  }
  const fetch: typeof globalThis.fetch = async (input) => {
    if (String(input) === metadata.jwks_uri) return Response.json({ keys: [rs256.jwk] })
    if (contentType) return new Response(await signed(), { headers: { 'content-type': contentType } })
    const id_token = stage.nonce ? { id_token: await sign({ ...idToken, nonce: stage.nonce }) } : {}
    return Response.json({ access_token: accessToken, token_type: 'Bearer', ...id_token })
  }
  const provider = new Provider({ name: 'acme', metadata: unlisted ? endpoints : metadata }, publicClient, {
    clock: testClock(),
    fetch,
    onEvent: watched(),
  })
  const stage: Stage = { provider, configuration: await configurationOf(provider), signed }
  return stage
}

type Verdict = 'taken' | 'refused'
const verdictOf = async (action: Promise<unknown>): Promise<Verdict> =>
  action.then(
    () => 'taken',
    () => 'refused',
  )

/** What both make of it. */
export async function verdicts(input: Case): Promise<readonly [own: Verdict, other: Verdict]> {
  const { own, other }: Kind = kinds[input.kind]
  return [await verdictOf(own(await stageOf(input))), await verdictOf(other(await stageOf(input)))]
}
