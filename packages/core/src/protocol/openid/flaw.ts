import { GrantError, type GrantErrorCode } from '../../errors/grant-error.ts'

/** What is wrong with a signed token: what comes after its name in a sentence, such as `is meant for another client (aud)`. */
export class Flaw extends Error {}

/** What a token is called in a message, and the code of the error where it has a flaw. */
export interface Flawed {
  readonly what: string
  readonly code: GrantErrorCode
}

const anIdToken: Flawed = { what: 'the ID token', code: 'id_token_invalid' }

/** Runs the checks of a token, of an ID token unless told otherwise, and makes a `GrantError` of the flaw that they find. */
export async function withoutFlaw<T>(
  provider: string,
  check: () => T | Promise<T>,
  { what, code }: Flawed = anIdToken,
): Promise<T> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof Flaw)) throw error
    const { message, cause } = error
    throw new GrantError(code, `${what} of ${provider} ${message}`, { provider, cause })
  }
}
