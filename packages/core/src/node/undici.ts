import { GrantError } from '../errors/grant-error.ts'

/** As much of the package `undici` as is used. */
export type Undici = Pick<typeof import('undici'), 'Agent' | 'request'>

/** Loads the package `undici`, an optional peer dependency. Rejects with `config_invalid` where it is not installed. */
export async function importUndici(): Promise<Undici> {
  try {
    return await import('undici')
  } catch (cause) {
    throw new GrantError('config_invalid', 'nodeFetch could not load the package undici: install undici', { cause })
  }
}

/** Refuses Bun, which replaces the package with its own version: that ignores dispatchers, certificates and lookups. Throws `config_invalid`. */
export function refuseBun(versions: Readonly<Record<string, string | undefined>>): void {
  if (versions['bun'] === undefined) return
  throw new GrantError('config_invalid', 'nodeFetch does not run on Bun: leave it out, and use the fetch of Bun')
}
