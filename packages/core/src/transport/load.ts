import { GrantError } from '../errors/grant-error.ts'

/**
 * Loads a part of the library that is only needed now. A page that has gone offline, or whose files were replaced by a
 * new release, cannot: that is `network_error`, and since parts are loaded before anything is sent, the call can be repeated.
 */
export async function load<Module>(part: () => Promise<Module>): Promise<Module> {
  try {
    return await part()
  } catch (error) {
    throw new GrantError('network_error', 'a part of the library could not be loaded, and nothing was sent', {
      cause: error,
    })
  }
}
