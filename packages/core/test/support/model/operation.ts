/** What a process asks of the world around it. The scheduler decides when that is carried out, if ever. */
export type Operation =
  | { readonly kind: 'read' | 'now' }
  | { readonly kind: 'write'; readonly expected: number | 'any'; readonly text: string | undefined }
  | { readonly kind: 'acquire' | 'renew'; readonly ttl: number }
  | { readonly kind: 'release'; readonly whose: 'own' | 'any' }
  | { readonly kind: 'sleep'; readonly ms: number }
  | { readonly kind: 'obtain'; readonly refreshToken: string }

/** What came of it: all that a process ever sees of the world. */
export type Outcome =
  | { readonly value: boolean | number }
  | { readonly version: number; readonly text: string | undefined }
  | ServerResponse
  | { readonly slept: 'long enough' | 'until it was woken' }
  /** The store did not respond in time: nobody knows what became of it. */
  | { readonly failed: 'no response' }

/** What a request for a token ends with. */
export type ServerResponse =
  | { readonly accessToken: string; readonly refreshToken: string; readonly keys?: 'lost' }
  | { readonly error: 'network_error' | 'timeout' | 'reauthorization_required' }

/** An operation that was not carried out yet. */
export interface Pending {
  /** The place of the operation in the life of its process. */
  readonly id: number
  readonly operation: Operation
}

/** How a process ended: with an access token, or with the code of its error. */
export interface End {
  readonly token?: string
  readonly error?: string
}
