import { responseParameters } from './callback.ts'

/**
 * The URL of a page without what the provider added to it, for a browser's history and for whoever the page links to. A
 * page that is its own redirect URI shows it as soon as it has read the callback, whatever becomes of that:
 * `history.replaceState(history.state, '', withoutCallback(location.href))`.
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
  for (const name of [...responseParameters, 'session_state']) clean.searchParams.delete(name) // the last one is of OpenID Connect Session Management
  return clean
}
