/// <reference lib="esnext.disposable" preserve="true" />
import type { RecordedRequest } from './recorded-request.ts'

/** An HTTP server that answers as it is told, however wrong that is. */
export interface FaultServer {
  /** The origin, such as `http://127.0.0.1:41234`. */
  readonly url: string
  /**
   * Queues replies for a path, whatever the method; the last one repeats until others are queued. A path that was
   * never scripted answers 404.
   */
  reply(path: string, ...replies: readonly Reply[]): Promise<void>
  /** What was asked of the server, in order, without CORS preflights. */
  requests(): Promise<readonly FaultyRequest[]>
  /** How many replies the client abandoned before they were complete. */
  aborted(): Promise<number>
  /** Empties the list of requests and the count of aborted replies. */
  forget(): Promise<void>
  /** Stops the server and closes its connections, those that hang included. */
  close(): Promise<void>
  /** The same as {@link FaultServer.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** A fault server in this process: its replies may also be functions. */
export interface LocalFaultServer extends FaultServer {
  /** Queues replies for a path; a function makes the reply when the request is there. */
  reply(path: string, ...replies: readonly (Reply | ReplyFunction)[]): Promise<void>
}

/** Makes a reply to a request. */
export type ReplyFunction = (request: FaultyRequest) => Reply | Promise<Reply>

/** A request to a fault server. */
export interface FaultyRequest extends RecordedRequest {
  /** The headers as they were sent: name, value, name, value. */
  readonly rawHeaders: readonly string[]
  /** The bytes of the body that have left for the client so far. */
  readonly sent: number
}

/**
 * A reply as plain data. Its body is one of `json`, `form`, `text`, `base64`, `chunks`, `bytes` and `endless`; then come
 * the faults: how it is encoded, where it breaks off.
 */
export interface Reply {
  /** The status. By default 200, for a redirect 302. */
  readonly status?: number
  /** The words behind the status. */
  readonly statusText?: string
  /** The headers; they win over those that the body would bring. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Any JSON value, sent as `application/json`. */
  readonly json?: unknown
  /** Parameters, sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>
  /** Text, sent as `text/plain`. */
  readonly text?: string
  /** Bytes in base64. */
  readonly base64?: string
  /** A body in pieces. */
  readonly chunks?: readonly ReplyChunk[]
  /** So many bytes of filler. */
  readonly bytes?: number
  /** Filler until the client goes away; with an `encoding`, a decompression bomb. */
  readonly endless?: true
  /** Compresses the body, and says so. */
  readonly encoding?: 'gzip' | 'br' | 'deflate'
  /** Breaks the connection after so many bytes of the body, whose whole length has been announced where it is known. */
  readonly truncate?: number
  /** `'headers'`: says nothing at all. `'body'`: sends what there is, and never finishes. */
  readonly hang?: 'headers' | 'body'
  /** Breaks the connection before a response. */
  readonly reset?: true
  /** Redirects there. */
  readonly redirect?: string
  /** Whether pages of other origins may read the reply. By default they may. */
  readonly cors?: boolean
}

/** A piece of a body. */
export interface ReplyChunk {
  /** The piece as text. */
  readonly text?: string
  /** The piece as bytes in base64. */
  readonly base64?: string
  /** How many times it is sent. By default once. */
  readonly repeat?: number
  /** Milliseconds to wait before each. */
  readonly delay?: number
}
