import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { isIP } from 'node:net'

/** Origins, and longer beginnings of URLs, that samples name, and where the server that stands in for each of them listens. */
const standIns = new Map<string, string>()
const realFetch = globalThis.fetch

/** Lets a server of this process respond for an origin, or for every URL that begins so. The longest one that fits decides. */
export function standInFor(beginning: string, url: string): void {
  standIns.set(beginning, url)
}

/** From now on, samples reach this machine and nothing else: `fetch` by the table above, all else by address. */
export function keepOffTheNetwork(): void {
  const { lookup } = dns
  dns.lookup = ((hostname: string, ...rest: [dns.LookupOptions, () => void]) => {
    if (!isIP(hostname)) throw offTheNetwork(hostname) // an address is looked up, too, when a server listens on it
    return lookup(hostname, ...rest)
  }) as typeof dns.lookup
  syncBuiltinESMExports()
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    const local = toLocal(url)
    return realFetch(input instanceof Request ? new Request(local, input) : local, init)
  }
}

/** Where a URL leads in the tests. */
function toLocal({ href, origin, hostname }: URL): URL {
  const fitting = [...standIns.keys()].filter((beginning) => href.startsWith(`${beginning}/`))
  const [longest] = fitting.toSorted((one, other) => other.length - one.length)
  if (longest !== undefined) return new URL(standIns.get(longest)! + href.slice(longest.length))
  if (hostname === '127.0.0.1' || hostname === '[::1]') return new URL(href)
  throw offTheNetwork(origin)
}

function offTheNetwork(host: string): Error {
  return new Error(`a sample asked for ${host}, and samples do not reach the internet: see docs/test/README.md`)
}
