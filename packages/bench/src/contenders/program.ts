import type { TokenStore } from '@grantkit/core'

/** What every contender is given: the same server and the same client. */
export interface Setup {
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly apiUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUri: string
  readonly scope: readonly string[]
}

/** A token response, as it stands in JSON. */
export interface TokenAnswer {
  readonly access_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly refresh_token?: string
  readonly scope?: string
  readonly id_token?: string
}

/** Where to send the user, and what the contender keeps until they come back. */
export interface Begun {
  readonly url: string | URL
  readonly pending: unknown
}

/** What a contender says about a token it has obtained, to be compared with what the server sent. */
export interface TokenFacts {
  readonly accessToken: string | undefined
  readonly refreshToken: string | undefined
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined
}

/** What an ID token is to be checked against. */
export interface IdTokenTask {
  readonly algorithm: 'RS256' | 'ES256' | 'EdDSA'
  readonly idToken: string
  readonly issuer: string
  readonly audience: string
  readonly nonce: string
  /** The published key, as a JWK and in PEM. */
  readonly jwk: JsonWebKey & { readonly kid: string }
  readonly pem: string
}

/** Something to be measured; what `without` costs is taken off, where the contender does more than the job asks for. */
export interface Measured {
  readonly run: () => unknown
  readonly without?: () => unknown
}

/** A client that many callers share while its token ends. */
export interface HerdClient {
  /** One API call; rejects unless the API answers it. */
  call(): Promise<unknown>
  /** The refresh token that the client would use next; undefined without one. */
  refreshToken(): string | undefined | Promise<string | undefined>
}

/** How a herd begins. */
export interface HerdStart {
  readonly setup: Setup
  /** What the client holds already; undefined for a client that has to obtain its first token. */
  readonly answer: TokenAnswer | undefined
  /** When that token ends as far as the client knows, in milliseconds since the epoch. */
  readonly expiresAt: number
}

/** Where a store may put what it keeps. */
export interface StorePlace {
  /** An empty directory. */
  readonly directory: string
  readonly redisUrl?: string | undefined
  readonly postgresUrl?: string | undefined
}

/** A store, and the least that the same engine can do. */
export interface OpenStore {
  readonly store: TokenStore
  /** Reads a string as the engine is read by hand. */
  bareRead(key: string): Promise<string | undefined>
  /** Writes a string as durably as the store does. */
  bareWrite(key: string, text: string): Promise<void>
  close(): Promise<void>
}

/**
 * One contender: functions that make what is measured, each of them only if the contender can do it. They are separate
 * exports of one module, so that a bundle of some of them holds nothing of the others.
 */
export interface Program {
  /** The authorization URL with PKCE. */
  authorizationUrl?(setup: Setup): () => Begun | Promise<Begun>
  /** The exchange of a code, from the callback on. */
  exchange?(setup: Setup): (callback: string, pending: never) => Promise<unknown>
  /** A token for the application itself. */
  clientCredentials?(setup: Setup): () => Promise<unknown>
  /** A refresh of the token of a response. */
  refresh?(setup: Setup, answer: TokenAnswer): () => Promise<unknown>
  /** The facts of what `exchange`, `clientCredentials` and `refresh` resolve to. */
  read?(result: never): TokenFacts
  /** What a response may lack without anyone noticing, because the library shows its caller too little: reported beside its figures. */
  readonly unchecked?: readonly string[]
  /** A call to the API with a token that is valid; resolves to the parsed JSON. */
  apiCall?(setup: Setup, answer: TokenAnswer): () => Promise<unknown>
  /** Validation of an ID token; `run` resolves to its claims. */
  idToken?(task: IdTokenTask): Measured | Promise<Measured>
  /** A client that a thousand callers share. */
  herd?(start: HerdStart): HerdClient
  /** What an application keeps of a token response. */
  heldToken?(setup: Setup): (answer: TokenAnswer) => unknown
  /** What an application keeps of a provider; `index` makes each one different. */
  heldProvider?(setup: Setup, index: number): unknown
  /** What keeps one user's token fresh. */
  heldSource?(setup: Setup): (answer: TokenAnswer, index: number) => unknown
  /** A store of ours, for what is measured of stores. */
  openStore?(place: StorePlace): Promise<OpenStore>
}
