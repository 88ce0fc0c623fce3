import type { Clock } from './clock.ts'

/** How requests to OAuth endpoints are made. */
export interface Transport {
  /** The name of the provider, for errors. */
  readonly provider: string
  /** The `fetch` that carries them. */
  readonly fetch: typeof globalThis.fetch
  /** Milliseconds for one request, from connecting to the last byte of the body, with all its retries. */
  readonly timeout: number
  /** The clock that measures the deadline. */
  readonly clock: Clock
  /** The most bytes that each kind of response may have, once decompressed. */
  readonly limits: { readonly [Kind in keyof ResponseLimits]-?: number }
  /** Whether a URL that came from outside may lead to an address of this machine or its network. */
  readonly privateAddresses: 'allowed' | 'refused'
  /** Hosts, with their port, to which plain http is allowed besides loopback. */
  readonly httpHosts: readonly string[]
  /** Is told of every request, once it is over. */
  readonly observe: (request: ObservedRequest) => void
}

/** The most bytes that a response of a provider may have, counted after decompression. */
export interface ResponseLimits {
  /** Responses of the token endpoint: 1 MiB unless given. */
  readonly token?: number | undefined
  /** Metadata documents: 512 KiB unless given. */
  readonly metadata?: number | undefined
  /** Key sets: 512 KiB unless given. */
  readonly keys?: number | undefined
}

/** A request to an OAuth endpoint. */
export interface OAuthRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** The most bytes that its response may have, once decompressed. */
  readonly maxBytes: number
}

/** What a request is for, and what no error about it may show. */
export interface SendOptions {
  /** The grant that is run, for the event. */
  readonly grantType?: string | undefined
  /** Aborts the request. */
  readonly signal?: AbortSignal | undefined
  readonly secrets?: () => readonly string[]
  /** The request to send after a response that asks for another one, once and within the same deadline. */
  readonly again?: ((response: OAuthResponse) => Promise<OAuthRequest | undefined>) | undefined
}

/** A request that is over, for logs and traces. */
export interface ObservedRequest {
  readonly method: string
  /** Without its query. */
  readonly url: string
  readonly grantType?: string
  /** Absent where there was no response. */
  readonly status?: number
  /** Milliseconds. */
  readonly duration: number
}

/** As much of `Headers` as is read of a response. */
export type ResponseHeaders = Pick<Headers, 'get'> & Iterable<[string, string]>

/** A response with its whole body. */
export interface OAuthResponse {
  readonly status: number
  readonly headers: ResponseHeaders
  readonly body: string
}
