import { GrantError } from '../errors/grant-error.ts'
import { isPlainObject } from '../token/plain.ts'
import { readBody } from '../transport/read-body.ts'

/**
 * What arrives at the redirect URI: a string (absolute, `/callback?code=…` or `?code=…`), a `URL`, `URLSearchParams`,
 * `FormData`, a `Request`, a request with a string `url` (Express, Fastify, `node:http`), or the parsed parameters as an object
 * (`req.query`, or the `req.body` of a `form_post`).
 */
export type Callback = string | URL | URLSearchParams | FormData | Request | IncomingRequest | ParsedParameters

/** A request of a framework, of which the URL is read. */
export interface IncomingRequest {
  /** With its query; only that is read. */
  readonly url?: string | undefined
  /** `GET`, or the body is missing. */
  readonly method?: string | undefined
}

/** The parameters of a callback by name, as a framework has parsed them; an array is a parameter that came more than once. */
export type ParsedParameters = Readonly<Record<string, unknown>>

/** The most characters of a callback. */
const largest = 16 * 1024

/**
 * Reads the parameters of a callback, those of a URL from its query or, where the login asked for that, from its fragment.
 * Tells the kinds of callbacks apart by what they are, never by the names of parameters. Rejects with `callback_invalid`.
 */
export async function callbackParameters(callback: Callback, isInFragment = false): Promise<URLSearchParams> {
  const read = isInFragment ? fragmentOf : queryOf
  if (typeof callback === 'string') return read(callback)
  if (typeof callback !== 'object' || callback === null) throw unknown()
  if (isPlainObject(callback)) return ofObject(callback)
  if ('getAll' in callback && Symbol.iterator in callback) return ofPairs(callback as Iterable<readonly unknown[]>)
  if ('href' in callback && typeof callback.href === 'string') return read(callback.href)
  if (!('url' in callback) || typeof callback.url !== 'string') throw unknown()
  if (callback.method !== 'POST') return read(callback.url)
  return formOf(callback)
}

function ofObject(parsed: ParsedParameters): URLSearchParams {
  return ofPairs(Object.entries(parsed).flatMap(([name, value]) => [value].flat().map((item) => [name, item] as const)))
}

function ofPairs(pairs: Iterable<readonly unknown[]>): URLSearchParams {
  const parameters = new URLSearchParams()
  for (const [name, value] of pairs) {
    if (value === undefined) continue
    if (typeof value !== 'string')
      throw invalid(`the parameter ${JSON.stringify(name)} of the callback is not a string`)
    parameters.append(String(name), value)
  }
  if (parameters.toString().length > largest) throw tooLong()
  return parameters
}

/** `response_mode=form_post`: the response is the body, and what the URL says is not part of it. */
async function formOf(request: object): Promise<URLSearchParams> {
  if (!isFetchRequest(request))
    throw invalid('this POST is not a fetch Request: pass req.body, the form that your framework has parsed')
  if (request.bodyUsed) throw invalid('the body of the request was read already: pass its form as URLSearchParams')
  const type = request.headers.get('content-type')?.toLowerCase() ?? ''
  if (!type.startsWith('application/x-www-form-urlencoded'))
    throw invalid('the callback is a POST that is not form-encoded: send response_mode=form_post, or none')
  return limited(await readForm(request))
}

async function readForm(request: Request): Promise<string> {
  try {
    return await readBody(request, largest)
  } catch (error) {
    if (error instanceof GrantError) throw tooLong()
    throw new GrantError('callback_invalid', 'the body of the callback could not be read to its end', { cause: error })
  }
}

function isFetchRequest(request: object): request is Request {
  const { headers, formData } = request as Partial<Request>
  return typeof formData === 'function' && typeof headers?.get === 'function'
}

/** Only the query counts: behind a proxy, the rest of the URL is not the one that the browser saw. */
function queryOf(url: string): URLSearchParams {
  if (url.length > 2 * largest) throw tooLong()
  const query = /^[^?#]*\?([^#]*)/.exec(url)?.[1]
  if (query === undefined) throw invalid('the callback has no query: pass the whole URL that the browser was sent to')
  return limited(query)
}

/** Browsers keep the fragment to themselves, so only a page has it. */
function fragmentOf(url: string): URLSearchParams {
  if (url.length > 2 * largest) throw tooLong()
  const fragment = /#(.*)$/s.exec(url)?.[1]
  if (fragment !== undefined) return limited(fragment)
  throw invalid(`the callback has no fragment: pass location.href of the page, or ask for responseMode: 'form_post'`)
}

function limited(query: string): URLSearchParams {
  if (query.length > largest) throw tooLong()
  return new URLSearchParams(query)
}

function tooLong(): GrantError {
  return invalid(`the callback has more than ${largest} characters`)
}

function unknown(): GrantError {
  return invalid(
    'the callback is not valid: pass a URL, a request, its parameters, or a string such as "/callback?code=…"',
  )
}

function invalid(message: string): GrantError {
  return new GrantError('callback_invalid', message)
}
