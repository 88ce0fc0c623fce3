// simple-oauth2 leaves PKCE, the state, and what a token response holds, to its caller; it opens a connection per request.
import { AuthorizationCode, ClientCredentials } from 'simple-oauth2'
import { challengeOf, checkedAnswer, codeOf, factsOfAnswer, type PendingByHand, randomText } from './by-hand/checks.ts'
import { checkThenRefresh } from './by-hand/herds.ts'
import type { Begun, HerdClient, HerdStart, Setup, TokenAnswer, TokenFacts } from './program.ts'

type AccessToken = ReturnType<AuthorizationCode['createToken']>

function optionsOf(setup: Setup): ConstructorParameters<typeof AuthorizationCode>[0] {
  const token = new URL(setup.tokenEndpoint)
  const authorize = new URL(setup.authorizationEndpoint)
  return {
    client: { id: setup.clientId, secret: setup.clientSecret },
    auth: {
      tokenHost: token.origin,
      tokenPath: token.pathname,
      authorizeHost: authorize.origin,
      authorizePath: authorize.pathname,
    },
  }
}

function checked(token: AccessToken): AccessToken {
  checkedAnswer(200, token.token)
  return token
}

export function authorizationUrl(setup: Setup): () => Promise<Begun> {
  const client = new AuthorizationCode(optionsOf(setup))
  return async () => {
    const [state, verifier] = [randomText(), randomText()]
    const url = client.authorizeURL({
      redirect_uri: setup.redirectUri,
      scope: setup.scope,
      state,
      code_challenge: await challengeOf(verifier),
      code_challenge_method: 'S256',
    })
    return { url, pending: { state, verifier } satisfies PendingByHand }
  }
}

export function exchange(setup: Setup): (callback: string, pending: PendingByHand) => Promise<AccessToken> {
  const client = new AuthorizationCode(optionsOf(setup))
  return async (callback, { state, verifier }) =>
    checked(
      await client.getToken({
        code: codeOf(callback, state),
        redirect_uri: setup.redirectUri,
        code_verifier: verifier,
      }),
    )
}

export function clientCredentials(setup: Setup): () => Promise<AccessToken> {
  const { client, auth } = optionsOf(setup)
  const { tokenHost, tokenPath } = auth
  const application = new ClientCredentials({ client, auth: { tokenHost, tokenPath } })
  return async () => checked(await application.getToken({ scope: setup.scope }))
}

export function refresh(setup: Setup, answer: TokenAnswer): () => Promise<AccessToken> {
  const held = new AuthorizationCode(optionsOf(setup)).createToken(answer)
  return async () => checked(await held.refresh())
}

export function read({ token }: AccessToken): TokenFacts {
  return factsOfAnswer(token as unknown as TokenAnswer, (token['expires_at'] as Date).getTime())
}

export function herd(start: HerdStart): HerdClient {
  const { setup, answer } = start
  const obtainFirst = clientCredentials(setup)
  return checkThenRefresh<AccessToken>(start, {
    held: answer && new AuthorizationCode(optionsOf(setup)).createToken(answer),
    read,
    obtain: (held) => (held ? held.refresh() : obtainFirst()),
  })
}

export function heldToken(setup: Setup): (answer: TokenAnswer) => AccessToken {
  const client = new AuthorizationCode(optionsOf(setup))
  return (answer) => client.createToken(answer)
}

export function heldProvider(setup: Setup, index: number): AuthorizationCode {
  return new AuthorizationCode(optionsOf({ ...setup, clientId: `client-${index}` }))
}
