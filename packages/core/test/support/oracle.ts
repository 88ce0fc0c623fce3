import { leaksIn, leaksInPrint } from './leaks.ts'

// What has happened in the test that runs. The setup file asks at its end whether any of it shows a secret.

interface Visited {
  requests(): Promise<readonly Request[]>
}

interface Request {
  readonly url: string
  readonly form?: Readonly<Record<string, string>>
}

/** What nothing may show, beside all that holds the marker. */
const secrets = new Set<string>()
/** What binds a login to its session: it travels in URLs, and belongs into no log. */
const bindings = new Set<string>()
const seen: [name: string, value: unknown][] = []
const printed: [name: string, value: object][] = []
const visited = new Set<Visited>()

/** Remembers values that nothing may show. */
export function keepSecret(...values: readonly unknown[]): void {
  for (const value of values) if (typeof value === 'string') secrets.add(value)
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
    for (const { url, form } of await server.requests()) {
      urls.push(['a URL that a server saw', url])
      keepSecret(...(form?.['client_assertion']?.split('.').slice(1) ?? [])) // made by the library, so it is learnt here
    }
  const everything = [...secrets, ...bindings]
  const leaks = [
    ...distinct(seen).flatMap(([name, value]) => leaksIn(name, value, everything)),
    ...printed.flatMap(([name, value]) => leaksInPrint(name, value, secrets)),
    ...urls.flatMap(([name, url]) => leaksIn(name, url, secrets)),
  ]
  for (const store of [secrets, bindings, visited]) store.clear()
  for (const list of [seen, printed]) list.length = 0
  return [...new Set(leaks)]
}

/** A test that explores may see one error a hundred thousand times: those that say the same are looked at once. */
function distinct(values: typeof seen): typeof seen {
  if (values.length < 1000) return values
  return [...new Map(values.map((entry) => [JSON.stringify([entry[0], ...chain(entry[1])]), entry])).values()]
}

function chain(value: unknown): unknown[] {
  return value instanceof Error ? [String(value), value, ...chain(value.cause)] : [value]
}
