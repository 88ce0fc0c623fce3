// client-oauth2 leaves PKCE and what a token response holds to its caller.
import ClientOAuth2 from 'client-oauth2'
import { challengeOf, checkedAnswer, type PendingByHand, randomText } from './by-hand/checks.ts'
import { checkThenRefresh } from './by-hand/herds.ts'
import type { Begun, HerdClient, HerdStart, Setup, TokenAnswer, TokenFacts } from './program.ts'

type Token = ClientOAuth2.Token & { readonly expires: Date }

function clientOf(setup: Setup): ClientOAuth2 {
  return new ClientOAuth2({
    clientId: setup.clientId,
    clientSecret: setup.clientSecret,
    accessTokenUri: setup.tokenEndpoint,
    authorizationUri: setup.authorizationEndpoint,
    redirectUri: setup.redirectUri,
    scopes: [...setup.scope],
  })
}

function checked(token: ClientOAuth2.Token): Token {
  checkedAnswer(200, token.data)
  return token as Token
}

function tokenOf(client: ClientOAuth2, answer: TokenAnswer): Token {
  return client.createToken({ ...answer } as unknown as ClientOAuth2.Data) as Token
}

export function authorizationUrl(setup: Setup): () => Promise<Begun> {
  const client = clientOf(setup)
  return async () => {
    const [state, verifier] = [randomText(), randomText()]
    const query = { code_challenge: await challengeOf(verifier), code_challenge_method: 'S256' }
    return { url: client.code.getUri({ state, query }), pending: { state, verifier } satisfies PendingByHand }
  }
}

export function exchange(setup: Setup): (callback: string, pending: PendingByHand) => Promise<Token> {
  const client = clientOf(setup)
  return async (callback, { state, verifier }) =>
    checked(await client.code.getToken(callback, { state, body: { code_verifier: verifier } }))
}

export function clientCredentials(setup: Setup): () => Promise<Token> {
  const client = clientOf(setup)
  return async () => checked(await client.credentials.getToken())
}

export function refresh(setup: Setup, answer: TokenAnswer): () => Promise<Token> {
  const held = tokenOf(clientOf(setup), { ...answer, access_token: '' }) // it would stand in for one that the new answer lacks
  return async () => checked(await held.refresh())
}

export function read({ accessToken, refreshToken, expires }: Token): TokenFacts {
  return { accessToken, refreshToken, expiresAt: expires.getTime() }
}

export function herd(start: HerdStart): HerdClient {
  const client = clientOf(start.setup)
  return checkThenRefresh<Token>(start, {
    held: start.answer && tokenOf(client, start.answer),
    read,
    obtain: async (held) => (held ? await held.refresh() : await client.credentials.getToken()) as Token,
  })
}

export function heldToken(setup: Setup): (answer: TokenAnswer) => Token {
  const client = clientOf(setup)
  return (answer) => tokenOf(client, answer)
}

export function heldProvider(setup: Setup, index: number): ClientOAuth2 {
  return clientOf({ ...setup, clientId: `client-${index}` })
}
