import type { Used } from '../../src/protocol/deviations/used.ts'
import type { OAuthResponse } from '../../src/transport/transport.ts'

/** What an action comes to, and the deviations that it says it used. */
export function watchUse<T>(action: (used: Used) => T): { readonly result: T; readonly used: readonly string[] } {
  const used: string[] = []
  const result = action((place) => used.push(place))
  return { result, used }
}

/** A response as it came in: a string, or anything else as JSON. */
export function answerOf(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): OAuthResponse {
  return { status, headers: new Headers(headers), body: typeof body === 'string' ? body : JSON.stringify(body) }
}
