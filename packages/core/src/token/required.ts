import type { RequiredAuthorization, RequiredScope } from '../errors/grant-error.ts'
import type { Token } from './token.ts'

/** What the next login has to request: what this token had, and what it lacked. */
export function requiredFor(
  token: Token | undefined,
  { scope = [], ...more }: Omit<RequiredAuthorization, 'scope'> & { readonly scope?: readonly string[] } = {},
): RequiredAuthorization {
  const all = [...new Set([...(token?.requestedScope ?? []), ...(token?.scope ?? []), ...scope])]
  return {
    ...(all.length > 0 && { scope: all as unknown as readonly RequiredScope[] }),
    ...(token?.resource !== undefined && { resource: token.resource }),
    ...more,
  }
}
