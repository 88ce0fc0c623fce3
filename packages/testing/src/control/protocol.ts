/** A method call, as it goes over the wire. */
export interface Call {
  /** Which object: one that an earlier result introduced, or `''` for the service itself. */
  readonly object: string
  readonly method: string
  readonly arguments: readonly unknown[]
}

/** What a call came to. */
export type Result =
  | { readonly value?: unknown }
  | { readonly error: string }
  /** An object with methods stays where it is; its data is copied. */
  | {
      readonly object: string
      readonly methods: readonly string[]
      readonly properties: Readonly<Record<string, unknown>>
    }

/** Refuses what JSON would drop without a word. */
export function toWire(value: unknown): string {
  return JSON.stringify(value, (name, member: unknown) => {
    if (typeof member !== 'function') return member
    throw new TypeError(
      `${name === '' ? 'a function' : `"${name}" is a function, which`} cannot go to another process: use data`,
    )
  })
}
