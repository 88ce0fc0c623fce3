import { GrantError } from '../../errors/grant-error.ts'

/** What is wrong with an ID token: what comes after its name in a sentence, such as `is meant for another client (aud)`. */
export class Flaw extends Error {}

/** Runs the checks of an ID token, and makes `id_token_invalid` of the flaw that they find. */
export async function withoutFlaw<T>(provider: string, check: () => Promise<T>): Promise<T> {
  try {
    return await check()
  } catch (error) {
    if (!(error instanceof Flaw)) throw error
    const { message, cause } = error
    throw new GrantError('id_token_invalid', `the ID token of ${provider} ${message}`, { provider, cause })
  }
}
