import { authorizedFetch, GrantError, type ProviderDefinition, type Token } from '@grantkit/core'

/** The part of `GET /v1/me` that the demo shows; fields without a granted scope are absent. */
export interface Profile {
  readonly name: string
  readonly email: string | undefined
  /** ISO 3166-1 alpha-2. */
  readonly country: string | undefined
}

/** The part of `GET /v1/tracks/{id}` that the demo shows. */
export interface Track {
  readonly name: string
  readonly artists: readonly string[]
  readonly album: string
  /** Milliseconds. */
  readonly duration: number
}

/** A failed API call. */
export class ApiError extends Error {
  /** The status of the response; absent without one. */
  declare readonly status?: number

  /** An error of the API, in words for the user. */
  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause })
    if (status !== undefined) this.status = status
  }
}

const trackId = '7EjyzZcbLxW7PaaLua9Ksb'
const patience = 10_000

/** The two calls of the demo to Spotify's Web API. */
export class SpotifyApi {
  readonly #origin: string
  readonly #fetch: typeof globalThis.fetch

  /** Sends a token only to the API of its provider. */
  constructor(token: Token, { apiOrigins: origins = [] }: ProviderDefinition) {
    this.#fetch = authorizedFetch(token, { origins })
    this.#origin = origins[0] ?? ''
  }

  /** The user of the token. */
  async profile(): Promise<Profile> {
    const { display_name, id, email, country } = await this.#read('/v1/me')
    const name = text(display_name) ?? text(id) ?? 'Unnamed user'
    return { name, email: text(email), country: text(country) }
  }

  /** A track; any token is enough. */
  async track(): Promise<Track> {
    const { name, artists, album, duration_ms } = await this.#read(`/v1/tracks/${trackId}`)
    return {
      name: text(name) ?? 'Untitled track',
      artists: Array.isArray(artists) ? artists.map((artist) => text(fields(artist)['name']) ?? '?') : [],
      album: text(fields(album)['name']) ?? '?',
      duration: typeof duration_ms === 'number' ? duration_ms : 0,
    }
  }

  async #read(path: string): Promise<Readonly<Record<string, unknown>>> {
    const { response, body } = await this.#exchange(path)
    if (!response.ok) throw refusal(response, body)
    return parse(body)
  }

  async #exchange(path: string): Promise<{ response: Response; body: string }> {
    try {
      const response = await this.#fetch(this.#origin + path, { signal: AbortSignal.timeout(patience) })
      return { response, body: await response.text() }
    } catch (error) {
      if (error instanceof GrantError) throw error // the token cannot be sent to this API; there was no request
      throw new ApiError(`the API at ${this.#origin} cannot be reached`, undefined, error)
    }
  }
}

function refusal({ status, headers }: Response, body: string): ApiError {
  if (status === 401) return new ApiError('the API no longer accepts the access token', status)
  if (status === 429)
    return new ApiError(`the API asks to wait ${headers.get('retry-after') ?? 'some'} seconds`, status)
  const plain = headers.get('content-type')?.startsWith('text/plain') === true // as Spotify explains a 403
  return new ApiError(`the API responded with status ${status}${plain ? `: “${body.slice(0, 200)}”` : ''}`, status)
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    return fields(JSON.parse(body))
  } catch (error) {
    throw new ApiError('the response of the API is not JSON', undefined, error)
  }
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
