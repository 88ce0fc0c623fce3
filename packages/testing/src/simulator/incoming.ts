import type { RecordedRequest } from '../recorded-request.ts'
import { expectThat } from './refusal.ts'
import type { RequestRules } from './rules.ts'

/** A well-formed request. */
export interface Incoming {
  /** The `Authorization` header. */
  readonly authorization: string | undefined
  /** The parameters by their standard names. */
  readonly parameters: ReadonlyMap<string, string>
  /** The parameters by the names that were sent. */
  readonly sent: URLSearchParams
}

/** Reads a request by the rules. Throws a refusal for any violation. */
export function readIncoming(request: RecordedRequest, rules: RequestRules): Incoming {
  const { method, encoding, headers, path } = rules
  expectThat(request.method === method, `the method is ${request.method}, not ${method}`)
  for (const [name, value] of Object.entries(headers))
    expectThat(request.headers[name.toLowerCase()] === value, `the header ${name} is not "${value}"`)
  const sent = encoding === 'query' ? fromQuery(request, path) : fromBody(request, encoding, path)
  const names = [...sent.keys()]
  expectThat(new Set(names).size === names.length, `a parameter occurs twice: ${names.join(' ')}`)
  for (const [name, value] of sent) expectThat(value !== '', `the parameter ${name} is empty`)
  return { authorization: request.headers['authorization'], parameters: toStandard(sent, rules), sent }
}

/** The query of the request, without the query of the endpoint itself. */
function ownQuery({ url }: RecordedRequest, path: string): URLSearchParams {
  const fixed = [...new URL(path, 'http://127.0.0.1').searchParams]
  const query = new URL(url).searchParams
  for (const [name, value] of fixed) {
    expectThat(query.get(name) === value, `the endpoint’s own ${name} is missing`)
    query.delete(name)
  }
  return query
}

function fromQuery(request: RecordedRequest, path: string): URLSearchParams {
  expectThat(request.body === '', 'the parameters belong in the query, but there is a body')
  return ownQuery(request, path)
}

function fromBody(request: RecordedRequest, encoding: 'form' | 'json', path: string): URLSearchParams {
  expectThat(ownQuery(request, path).size === 0, 'the parameters belong in the body, but there is a query')
  if (request.body === '' && request.headers['content-type'] === undefined) return new URLSearchParams()
  const type = encoding === 'json' ? 'application/json' : 'application/x-www-form-urlencoded'
  const found = request.headers['content-type'] ?? 'none'
  const isType = found.replace(/; ?charset=utf-8$/i, '') === type // which `fetch` adds by itself
  expectThat(isType, `the content type is ${found}, not ${type}`)
  return encoding === 'json' ? fromJson(request.body) : new URLSearchParams(request.body)
}

function fromJson(body: string): URLSearchParams {
  const fields = JSON.parse(body) as Record<string, unknown>
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((item) => [name, String(item)]))
  return new URLSearchParams(pairs)
}

function toStandard(
  sent: URLSearchParams,
  { renamed, omitted, parameters }: RequestRules,
): ReadonlyMap<string, string> {
  const wire = new Set(Object.values(renamed))
  for (const [name, other] of Object.entries(renamed))
    expectThat(!sent.has(name) || wire.has(name), `the parameter ${name} is called ${other} here`)
  for (const name of omitted)
    expectThat(!sent.has(name) || wire.has(name), `the parameter ${name} is not accepted here`)
  for (const name of parameters) expectThat(sent.has(renamed[name] ?? name), `the parameter ${name} is missing`)
  const standard = new Map(Object.entries(renamed).map(([name, other]) => [other, name]))
  return new Map([...sent].map(([name, value]) => [standard.get(name) ?? name, value]))
}
