// Arctic leaves the state, and what a token response holds, to its caller; it has no client credentials.
import { CodeChallengeMethod, generateCodeVerifier, generateState, OAuth2Client, OAuth2Tokens } from 'arctic'
import { checkedAnswer, codeOf, factsOfAnswer } from './by-hand/checks.ts'
import { checkThenRefresh } from './by-hand/herds.ts'
import type { Begun, HerdClient, HerdStart, Setup, TokenAnswer, TokenFacts } from './program.ts'

interface Pending {
  readonly state: string
  readonly verifier: string
}

function clientOf({ clientId, clientSecret, redirectUri }: Setup): OAuth2Client {
  return new OAuth2Client(clientId, clientSecret, redirectUri)
}

function checked(tokens: OAuth2Tokens): OAuth2Tokens {
  checkedAnswer(200, tokens.data)
  return tokens
}

export function authorizationUrl(setup: Setup): () => Begun {
  const client = clientOf(setup)
  return () => {
    const [state, verifier] = [generateState(), generateCodeVerifier()]
    const url = client.createAuthorizationURLWithPKCE(
      setup.authorizationEndpoint,
      state,
      CodeChallengeMethod.S256,
      verifier,
      [...setup.scope],
    )
    return { url, pending: { state, verifier } satisfies Pending }
  }
}

export function exchange(setup: Setup): (callback: string, pending: Pending) => Promise<OAuth2Tokens> {
  const client = clientOf(setup)
  return async (callback, { state, verifier }) =>
    checked(await client.validateAuthorizationCode(setup.tokenEndpoint, codeOf(callback, state), verifier))
}

export function refresh(setup: Setup, answer: TokenAnswer): () => Promise<OAuth2Tokens> {
  const client = clientOf(setup)
  return async () => checked(await client.refreshAccessToken(setup.tokenEndpoint, answer.refresh_token ?? '', []))
}

export function read(tokens: OAuth2Tokens): TokenFacts {
  const expiresAt = tokens.accessTokenExpiresAt().getTime()
  return { accessToken: tokens.accessToken(), refreshToken: tokens.refreshToken(), expiresAt }
}

export function herd(start: HerdStart): HerdClient {
  const answer = start.answer as TokenAnswer // it has one: this client has nothing but its refresh token
  return checkThenRefresh<TokenAnswer>(start, {
    held: start.answer,
    read: (held) => factsOfAnswer(held),
    obtain: async (held) => (await refresh(start.setup, held ?? answer)()).data as TokenAnswer,
  })
}

export function heldToken(): (answer: TokenAnswer) => OAuth2Tokens {
  return (answer) => new OAuth2Tokens(answer)
}

export function heldProvider(setup: Setup, index: number): OAuth2Client {
  return clientOf({ ...setup, clientId: `client-${index}` })
}
