import type { Site } from './site.ts'

/** The URL of the login, with where it leads to. */
export function loginUrl({ origin, paths }: Site, returnTo?: string): string {
  const url = new URL(paths.login, origin)
  if (returnTo !== undefined)
    url.searchParams.set('returnTo', returnTo.startsWith(`${origin}/`) ? returnTo.slice(origin.length) : returnTo)
  return url.href
}
