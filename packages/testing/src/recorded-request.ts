/** A request as the server received it. */
export interface RecordedRequest {
  /** The method, in capitals. */
  readonly method: string
  /** The path, without the query. */
  readonly path: string
  /** The whole URL. */
  readonly url: string
  /** The headers, by lower-case name; a repeated one is joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** The body as text; empty when there was none. */
  readonly body: string
  /** The parameters of a form-encoded body; of a repeated one, the last. */
  readonly form?: Readonly<Record<string, string>>
}
