import { finderOf, leaksIn, leaksInPrint } from './leaks.ts'

// What has happened in the test that runs. The setup file asks at its end whether any of it shows a secret.

interface Visited {
  requests(): Promise<readonly Request[]>
}

interface Request {
  readonly url: string
  readonly form?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** What nothing may show, beside all that holds the marker. */
const secrets = new Set<string>()
/** The same for as long as the file runs: several of its tests may share a key. */
const keys = new Set<string>()
/** What binds a login to its session: it travels in URLs, and belongs into no log. */
const bindings = new Set<string>()
const seen: [name: string, value: unknown][] = []
const printed: [name: string, value: object][] = []
const visited = new Set<Visited>()

/** Remembers values that nothing may show. */
export function keepSecret(...values: readonly unknown[]): void {
  for (const value of values) if (typeof value === 'string') secrets.add(value)
}

/** Remembers parts of a private key. */
export function keepKey(...values: readonly (string | undefined)[]): void {
  for (const value of values) if (value !== undefined) keys.add(value)
}

/** Remembers JSON Web Tokens, as a whole and by their parts but the header; and other strings. */
export function keepJwt(...values: readonly unknown[]): void {
  for (const value of values) keepSecret(value, ...partsOf(value))
}

/** The parts of a JSON Web Token, signed or encrypted, that are its own. */
export function partsOf(value: unknown): readonly string[] {
  return typeof value === 'string' && /^eyJ[\w-]*(?:\.[\w-]*){2,4}$/.test(value) ? value.split('.').slice(1) : []
}

/** Remembers values that may stand in a URL and nowhere else. */
export function keepOutOfLogs(...values: readonly unknown[]): void {
  for (const value of values) if (typeof value === 'string') bindings.add(value)
}

/** Remembers an error, an event or something that was printed. */
export function see(name: string, value: unknown): void {
  seen.push([name, value])
}

/** Remembers a value whose properties are secrets, and whose print is not. */
export function seePrint(name: string, value: object): void {
  printed.push([name, value])
}

/** Remembers a server; the URLs that it saw are looked at. */
export function watch<T extends Visited>(server: T): T {
  visited.add(server)
  return server
}

/** Forgets everything, and tells where it shows a secret. */
export async function findLeaks(): Promise<readonly string[]> {
  const urls: [string, string][] = []
  for (const server of visited)
    for (const request of await server.requests()) {
      urls.push(['a URL that a server saw', request.url])
      learnRequest(request)
    }
  for (const key of keys) secrets.add(key)
  const [inAll, inUrls] = [finderOf([...secrets, ...bindings]), finderOf(secrets)]
  const leaks = [
    ...distinct(seen).flatMap(([name, value]) => leaksIn(name, value, inAll)),
    ...printed.flatMap(([name, value]) => leaksInPrint(name, value, inUrls)),
    ...urls.flatMap(([name, url]) => leaksIn(name, url, inUrls)),
  ]
  for (const store of [secrets, bindings, visited]) store.clear()
  for (const list of [seen, printed]) list.length = 0
  return [...new Set(leaks)]
}

/** The parameters that are secrets, or credentials, in every request that has them. */
const credentials =
  /^(?:.*assertion|.*_token|token|request|response|code|code_verifier|device_code|auth_req_id|client_secret|password)$/

/** Learns what the library made for a request: assertions, request objects, proofs. */
function learnRequest({ form = {}, headers = {} }: Request): void {
  for (const [name, value] of Object.entries(form)) if (credentials.test(name)) keepJwt(value)
  keepJwt(headers['authorization']?.split(' ')[1])
  keepSecret(headers['dpop']?.split('.').at(-1)) // a whole one would hold it
}

/** A test that explores may see one error a hundred thousand times: those that say the same are looked at once. */
function distinct(all: typeof seen): typeof seen {
  const values = [...new Map(all.map((entry) => [entry[1], entry])).values()]
  if (values.length < 1000) return values
  return [...new Map(values.map((entry) => [JSON.stringify([entry[0], ...chain(entry[1])]), entry])).values()]
}

function chain(value: unknown): unknown[] {
  return value instanceof Error ? [String(value), value, ...chain(value.cause)] : [value]
}
