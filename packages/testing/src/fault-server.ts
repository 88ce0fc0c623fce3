/// <reference lib="esnext.disposable" preserve="true" />
import type { RecordedRequest } from './recorded-request.ts'

/** An HTTP server that sends scripted replies, including invalid ones. */
export interface FaultServer {
  /** The origin, such as `http://127.0.0.1:41234`. */
  readonly url: string
  /**
   * Queues replies for a path, whatever the method; the last one repeats until others are queued. A path that was
   * never scripted responds with 404.
   */
  reply(path: string, ...replies: readonly Reply[]): Promise<void>
  /** The requests to the server, in order, without CORS preflights. */
  requests(): Promise<readonly FaultyRequest[]>
  /** How many replies the client abandoned before they were complete. */
  aborted(): Promise<number>
  /** Empties the list of requests and the count of aborted replies. */
  forget(): Promise<void>
  /** Stops the server and closes all connections, including those that hang. */
  close(): Promise<void>
  /** The same as {@link FaultServer.close}, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

/** A fault server in this process: its replies may also be functions. */
export interface LocalFaultServer extends FaultServer {
  /** Queues replies for a path; a function makes the reply when the request arrives. */
  reply(path: string, ...replies: readonly (Reply | ReplyFunction)[]): Promise<void>
}

/** Makes a reply to a request. */
export type ReplyFunction = (request: FaultyRequest) => Reply | Promise<Reply>

/** A request to a fault server. */
export interface FaultyRequest extends RecordedRequest {
  /** The headers as sent: name, value, name, value. */
  readonly rawHeaders: readonly string[]
  /** The number of body bytes sent so far. */
  readonly sent: number
}

/**
 * A reply as plain data. Its body is one of `json`, `form`, `text`, `base64`, `chunks`, `bytes` and `endless`; the other
 * fields describe faults, such as where the body is cut off.
 */
export interface Reply {
  /** The status. By default 200, or 302 for a redirect. */
  readonly status?: number
  /** The reason phrase of the status. */
  readonly statusText?: string
  /** The headers; they override those of the body. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Any JSON value, sent as `application/json`. */
  readonly json?: unknown
  /** Parameters, sent as `application/x-www-form-urlencoded`. */
  readonly form?: Readonly<Record<string, string>>
  /** A string, sent as `text/plain`. */
  readonly text?: string
  /** Bytes in base64. */
  readonly base64?: string
  /** A body in pieces. */
  readonly chunks?: readonly ReplyChunk[]
  /** A number of bytes of filler. */
  readonly bytes?: number
  /** Filler until the client disconnects; with an `encoding`, a decompression bomb. */
  readonly endless?: true
  /** Compresses the body and sets `Content-Encoding`. */
  readonly encoding?: 'gzip' | 'br' | 'deflate'
  /** Closes the connection after a number of body bytes; `Content-Length` is that of the whole body, if known. */
  readonly truncate?: number
  /** `'headers'`: sends nothing at all. `'body'`: sends the body but never ends the response. */
  readonly hang?: 'headers' | 'body'
  /** Resets the connection before any response. */
  readonly reset?: true
  /** Redirects to this URL. */
  readonly redirect?: string
  /** Whether pages of other origins may read the reply. By default `true`. */
  readonly cors?: boolean
}

/** A piece of a body. */
export interface ReplyChunk {
  /** The piece as a string. */
  readonly text?: string
  /** The piece as bytes in base64. */
  readonly base64?: string
  /** How often the piece is sent. By default once. */
  readonly repeat?: number
  /** Milliseconds to wait before each time. */
  readonly delay?: number
}
