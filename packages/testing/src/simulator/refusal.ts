/** Why a simulated provider refuses a request: an error of RFC 6749 §5.2, in whatever shape it is then sent. */
export class Refusal extends Error {
  readonly error: string
  readonly status: number

  constructor(error: string, description: string, status = 400) {
    super(description)
    this.error = error
    this.status = status
  }
}

/** Refuses a request that is not as the definition has it. */
export function expectThat(fits: boolean, description: string): asserts fits {
  if (!fits) throw new Refusal('invalid_request', description)
}
