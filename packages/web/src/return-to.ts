import type { Site } from './site.ts'

const longest = 2048

/**
 * Resolves a return-to value as a browser would: an absolute URL on the app's own origin, or undefined for anything else, such
 * as another scheme or host, a path that starts with `//`, or one of our own routes.
 */
export function resolveReturnTo(value: unknown, { origin, paths }: Site): string | undefined {
  if (typeof value !== 'string' || value === '' || value.length > longest || !URL.canParse(value, origin))
    return undefined
  const { protocol, origin: resolved, pathname, search, hash } = new URL(value, origin)
  const isOurs = resolved === origin && protocol === new URL(origin).protocol // the origin of a blob: URL is that of its page
  if (!isOurs || pathname.startsWith('//') || Object.values(paths).includes(pathname)) return undefined
  const url = origin + pathname + search + hash
  return url.length > longest ? undefined : url
}
