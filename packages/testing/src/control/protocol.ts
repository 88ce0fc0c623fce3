/** A method call on the wire. */
export interface Call {
  /** The object: one from an earlier result, or `''` for the service itself. */
  readonly object: string
  readonly method: string
  readonly arguments: readonly unknown[]
}

/** The result of a call. */
export type Result =
  | { readonly value?: unknown }
  | { readonly error: string }
  /** An object with methods stays in its process; its data is copied. */
  | {
      readonly object: string
      readonly methods: readonly string[]
      readonly properties: Readonly<Record<string, unknown>>
    }

/** Writes JSON; throws for a function, which JSON would drop silently. */
export function toWire(value: unknown): string {
  return JSON.stringify(value, (name, field: unknown) => {
    if (typeof field !== 'function') return field
    throw new TypeError(
      `${name === '' ? 'a function' : `"${name}" is a function, which`} cannot be sent to another process: use data`,
    )
  })
}
