import { responseParameters } from './callback.ts'

/** What a callback may have; `session_state` is of OpenID Connect Session Management. */
const names = [...responseParameters, 'id_token', 'response', 'session_state']

/**
 * The URL of a page without the callback's parameters, so that they stay out of the browser's history and of the
 * `Referer` header. A page that is its own redirect URI shows it as soon as it has read the callback, whatever the
 * outcome: `history.replaceState(history.state, '', withoutCallback(location.href))`.
 *
 * @example
 * ```ts
 * import { withoutCallback } from '@grantkit/core'
 *
 * withoutCallback('https://app.example/?tab=1&code=SplxlOBe&state=xyz#top').href // => 'https://app.example/?tab=1#top'
 * ```
 */
export function withoutCallback(url: string | URL): URL {
  const clean = new URL(url)
  for (const name of names) clean.searchParams.delete(name)
  const fragment = new URLSearchParams(clean.hash.slice(1))
  if (!names.some((name) => fragment.get(name))) return clean // the place on the page, or a route
  for (const name of names) fragment.delete(name)
  clean.hash = fragment.toString()
  return clean
}
