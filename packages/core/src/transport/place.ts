/** Host and path of a URL, for a message: a query may hold a secret. */
export function placeOf(url: string): string {
  const { host, pathname } = new URL(url)
  return host + pathname
}

/** A URL without its query, for logs. */
export function withoutQuery(url: string): string {
  const { origin, host, protocol, pathname } = new URL(url)
  return `${origin === 'null' ? `${protocol}//${host}` : origin}${pathname}`
}
