// A client written by hand, on any transport: the floor that everything is compared with.
import type { Begun, Setup, TokenAnswer } from '../program.ts'
import {
  basicOf,
  challengeOf,
  checkedAnswer,
  codeOf,
  type PendingByHand,
  randomText,
  type TokenByHand,
  tokenOf,
} from './checks.ts'

/** A response, read to its end. */
export interface Answer {
  readonly status: number
  readonly json: unknown
}

/** Sends a form and reads the JSON that comes back. */
export type Post = (url: string, headers: Record<string, string>, body: string) => Promise<Answer>

/** Gets JSON. */
export type Get = (url: string, headers: Record<string, string>) => Promise<Answer>

/** The authorization URL with PKCE. */
export function beginByHand(setup: Setup): () => Promise<Begun> {
  return async () => {
    const [state, verifier] = [randomText(), randomText()]
    const query = new URLSearchParams()
    query.set('response_type', 'code')
    query.set('client_id', setup.clientId)
    query.set('redirect_uri', setup.redirectUri)
    query.set('scope', setup.scope.join(' '))
    query.set('state', state)
    query.set('code_challenge', await challengeOf(verifier))
    query.set('code_challenge_method', 'S256')
    const url = `${setup.authorizationEndpoint}?${query.toString()}`
    return { url, pending: { state, verifier } satisfies PendingByHand }
  }
}

/** A token request, with the client's credentials in the header. */
export function requestByHand(post: Post, setup: Setup): (form: Record<string, string>) => Promise<TokenByHand> {
  const headers = {
    authorization: basicOf(setup),
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  }
  return async (form) => {
    const { status, json } = await post(setup.tokenEndpoint, headers, new URLSearchParams(form).toString())
    return tokenOf(checkedAnswer(status, json))
  }
}

/** The exchange of a code. */
export function exchangeByHand(
  post: Post,
  setup: Setup,
): (callback: string, pending: PendingByHand) => Promise<TokenByHand> {
  const request = requestByHand(post, setup)
  return async (callback, { state, verifier }) =>
    request({
      grant_type: 'authorization_code',
      code: codeOf(callback, state),
      redirect_uri: setup.redirectUri,
      code_verifier: verifier,
    })
}

/** A token for the application itself. */
export function clientCredentialsByHand(post: Post, setup: Setup): () => Promise<TokenByHand> {
  const request = requestByHand(post, setup)
  return () => request({ grant_type: 'client_credentials', scope: setup.scope.join(' ') })
}

/** A refresh that keeps what the response leaves out. */
export function refreshByHand(post: Post, setup: Setup, answer: TokenAnswer): () => Promise<TokenByHand> {
  const request = requestByHand(post, setup)
  const held = tokenOf(answer)
  return async () => {
    const fresh = await request({ grant_type: 'refresh_token', refresh_token: held.refreshToken ?? '' })
    return {
      ...fresh,
      refreshToken: fresh.refreshToken ?? held.refreshToken,
      scope: fresh.scope.length > 0 ? fresh.scope : held.scope,
    }
  }
}

/** A call to the API. */
export function apiCallByHand(get: Get, setup: Setup, answer: TokenAnswer): () => Promise<unknown> {
  const held = tokenOf(answer)
  return async () => {
    const { status, json } = await get(setup.apiUrl, { authorization: `Bearer ${held.accessToken}` })
    if (status !== 200) throw new Error(`the API answered ${status}`)
    return json
  }
}
