/** A refused request: an error of RFC 6749 §5.2, before the provider's deviations are applied. */
export class Refusal extends Error {
  readonly error: string
  readonly status: number

  constructor(error: string, description: string, status = 400) {
    super(description)
    this.error = error
    this.status = status
  }
}

/** Refuses a request that does not match the definition. */
export function expectThat(fits: boolean, description: string): asserts fits {
  if (!fits) throw new Refusal('invalid_request', description)
}
