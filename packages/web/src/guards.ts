/** Headers of a request. */
type RequestHeaders = Pick<Headers, 'get'>

/** Whether a browser fetches a page that nobody has opened yet (`Sec-Purpose`). */
export function isPrefetch(headers: RequestHeaders): boolean {
  return headers.get('sec-purpose')?.includes('prefetch') === true
}

/** Whether a document is opened in a tab, as far as the browser says: not a frame, an image or a `fetch`. */
export function isNavigation(headers: RequestHeaders): boolean {
  const mode = headers.get('sec-fetch-mode')
  const destination = headers.get('sec-fetch-dest')
  if (mode === null && destination === null) return true
  return mode === 'navigate' && destination === 'document'
}

/** Whether a request comes from a page of our own origin; a request that does not say so does not count. */
export function isSameOrigin(headers: RequestHeaders, origin: string): boolean {
  const site = headers.get('sec-fetch-site')
  return site === null ? headers.get('origin') === origin : site === 'same-origin'
}

/** Whether someone without a session can be sent to the login: a page is opened, and no script waits for data. */
export function opensPage({ method, headers }: Pick<Request, 'method' | 'headers'>): boolean {
  if (method !== 'GET' || !isNavigation(headers)) return false
  return headers.has('sec-fetch-mode') || headers.get('accept')?.includes('text/html') === true
}
