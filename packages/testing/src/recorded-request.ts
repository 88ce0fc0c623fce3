/** A request as the server received it. */
export interface RecordedRequest {
  /** The method, in capitals. */
  readonly method: string
  /** The path, without the query. */
  readonly path: string
  /** The whole URL. */
  readonly url: string
  /** The headers by lower-case name; repeated headers are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as a string; empty without a body. */
  readonly body: string
  /** The parameters of a form-encoded body; the last value of a repeated one. */
  readonly form?: Readonly<Record<string, string>>
}
