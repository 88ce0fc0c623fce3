// How applications use a library that leaves refreshing to them.
import type { HerdClient, HerdStart, TokenFacts } from '../program.ts'

/** What a library can do for such an application. */
export interface Refresher<Held> {
  /** What is held at first. */
  readonly held: Held | undefined
  readonly read: (held: Held) => TokenFacts
  /** A new token: from the one that is held, or without one. */
  readonly obtain: (held: Held | undefined) => Promise<Held>
}

/** Checks the time before every call, and refreshes when the token has expired: each caller by itself. */
export function checkThenRefresh<Held>({ setup, expiresAt }: HerdStart, library: Refresher<Held>): HerdClient {
  let { held } = library
  let until = expiresAt
  return {
    async call() {
      if (held === undefined || Date.now() >= until) {
        held = await library.obtain(held)
        until = library.read(held).expiresAt ?? Number.POSITIVE_INFINITY
      }
      return callApi(setup.apiUrl, library.read(held).accessToken ?? '')
    },
    refreshToken: () => held && library.read(held).refreshToken,
  }
}

/** An API call with this token. */
export async function callApi(url: string, accessToken: string): Promise<unknown> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${accessToken}` } })
  if (!response.ok) throw new Error(`the API answered ${response.status}`)
  return response.json()
}
