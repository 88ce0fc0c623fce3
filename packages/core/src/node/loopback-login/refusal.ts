import type { IncomingMessage } from 'node:http'

/**
 * The status for a request that cannot be the callback; undefined for one that may be. The host header shows a name that
 * an attacker has pointed at this machine (DNS rebinding); a prefetch does not come from the user.
 */
export function refusal(request: IncomingMessage, redirectUri: string): number | undefined {
  const { url = '', method } = request
  if (!isOurHost(request, redirectUri)) return 421
  if (!url.startsWith('/')) return 400 // RFC 9112 §3.2.2: the absolute form is for proxies
  if (url.replace(/\?.*/s, '') !== new URL(redirectUri).pathname) return 404
  if (method !== 'GET') return 405
  return isPrefetch(request) ? 403 : undefined
}

/** There is one host header, and it names a loopback literal, or the host of the redirect URI, with its port. */
function isOurHost({ rawHeaders }: IncomingMessage, redirectUri: string): boolean {
  const hosts = rawHeaders.filter((_, index) => rawHeaders[index - 1]?.toLowerCase() === 'host' && index % 2 === 1)
  const { host, port } = new URL(redirectUri)
  const suffix = port === '' ? '' : `:${port}`
  const ours = [host, `127.0.0.1${suffix}`, `[::1]${suffix}`]
  return hosts.length === 1 && ours.includes(String(hosts[0]).toLowerCase())
}

function isPrefetch({ headers }: IncomingMessage): boolean {
  const purpose = [headers['sec-purpose'], headers['purpose'], headers['x-moz'], headers['x-purpose']]
  return purpose.some((value) => /prefetch|prerender|preview/i.test(String(value)))
}
