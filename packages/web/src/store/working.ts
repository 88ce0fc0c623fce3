import { GrantError } from '@grantkit/core'

/** Runs calls of the store; whatever they reject with is `store_failed`. */
export async function working<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof GrantError) throw error
    throw new GrantError('store_failed', 'the store of the sessions does not work', { cause: error })
  }
}
