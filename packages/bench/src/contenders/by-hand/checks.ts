// The checks of the floor. Where a peer leaves one to its caller, its module calls the same function.
import type { Setup, TokenAnswer, TokenFacts } from '../program.ts'

/** What a hand-written client keeps of a login under way. */
export interface PendingByHand {
  readonly state: string
  readonly verifier: string
}

/** What a hand-written client keeps of a token. */
export interface TokenByHand {
  readonly accessToken: string
  readonly tokenType: string
  readonly refreshToken: string | undefined
  readonly expiresAt: number
  readonly scope: readonly string[]
}

/** 256 random bits in base64url. */
export function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

/** Base64url of 32 bytes, without its padding. The array is passed as it is: spreading it costs two kilobytes. */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode.apply(null, bytes as unknown as number[]))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .slice(0, 43)
}

const encoder = new TextEncoder()

/** The S256 challenge of a verifier. */
export async function challengeOf(verifier: string): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(verifier))))
}

/** The code of a callback whose state is the one that was sent. */
export function codeOf(callback: string, state: string): string {
  const { searchParams } = new URL(callback)
  if (searchParams.get('state') !== state) throw new Error('the state is another')
  if (searchParams.has('error')) throw new Error(`the server said ${searchParams.get('error')}`)
  const code = searchParams.get('code')
  if (!code) throw new Error('the callback has no code')
  return code
}

/** A token response whose fields are what RFC 6749 §5.1 asks for. */
export function checkedAnswer(status: number, json: unknown): TokenAnswer {
  const answer = json as Partial<TokenAnswer> | null | undefined
  if (status !== 200 || typeof answer !== 'object' || answer === null) throw new Error(`the server answered ${status}`)
  if (typeof answer.access_token !== 'string' || answer.access_token === '') throw new Error('no access_token')
  if (String(answer.token_type).toLowerCase() !== 'bearer') throw new Error('the token_type is another')
  if (typeof answer.expires_in !== 'number') throw new Error('expires_in is not a number')
  return answer as TokenAnswer
}

/** The token of a response. */
export function tokenOf(answer: TokenAnswer): TokenByHand {
  return {
    accessToken: answer.access_token,
    tokenType: answer.token_type,
    refreshToken: answer.refresh_token,
    expiresAt: Date.now() + answer.expires_in * 1000,
    scope: answer.scope?.split(' ') ?? [],
  }
}

/** The value of the `Authorization` header of a client. */
export function basicOf({ clientId, clientSecret }: Setup): string {
  return `Basic ${btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`)}`
}

/** The facts of a token that was kept by hand. */
export function factsOf({ accessToken, refreshToken, expiresAt }: TokenByHand): TokenFacts {
  return { accessToken, refreshToken, expiresAt }
}

/** The facts of a token response that a peer returns as it is, with the time of its end where the peer computes it. */
export function factsOfAnswer(answer: TokenAnswer, expiresAt = Date.now() + answer.expires_in * 1000): TokenFacts {
  return { accessToken: answer.access_token, refreshToken: answer.refresh_token, expiresAt }
}
