import { responseParameters } from './callback.ts'

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
  for (const name of [...responseParameters, 'session_state']) clean.searchParams.delete(name) // session_state: OpenID Connect Session Management
  return clean
}
