import { authorizedFetch, GrantError, type ProviderDefinition, type Token } from '@grantkit/core'

/** What the demo shows of `GET /v1/me`; what the scopes do not cover is absent. */
export interface Profile {
  readonly name: string
  readonly email: string | undefined
  /** ISO 3166-1 alpha-2. */
  readonly country: string | undefined
}

/** What the demo shows of `GET /v1/tracks/{id}`. */
export interface Track {
  readonly name: string
  readonly artists: readonly string[]
  readonly album: string
  /** Milliseconds. */
  readonly duration: number
}

/** Why the API did not answer. */
export class ApiError extends Error {
  /** The status of its answer; absent when there was none. */
  declare readonly status?: number

  /** An error of the API, in words for the user. */
  constructor(message: string, status?: number, cause?: unknown) {
    super(message, { cause })
    if (status !== undefined) this.status = status
  }
}

const trackId = '7EjyzZcbLxW7PaaLua9Ksb'
const patience = 10_000

/** The two calls to Spotify's Web API that the demo makes. */
export class SpotifyApi {
  readonly #origin: string
  readonly #fetch: typeof globalThis.fetch

  /** Takes a token to the API of a provider, and nowhere else. */
  constructor(token: Token, { apiOrigins: origins = [] }: ProviderDefinition) {
    this.#fetch = authorizedFetch(token, { origins })
    this.#origin = origins[0] ?? ''
  }

  /** Whose token it is. */
  async profile(): Promise<Profile> {
    const { display_name, id, email, country } = await this.#read('/v1/me')
    const name = text(display_name) ?? text(id) ?? 'Somebody without a name'
    return { name, email: text(email), country: text(country) }
  }

  /** A track, for which any token will do. */
  async track(): Promise<Track> {
    const { name, artists, album, duration_ms } = await this.#read(`/v1/tracks/${trackId}`)
    return {
      name: text(name) ?? 'A track without a name',
      artists: Array.isArray(artists) ? artists.map((artist) => text(members(artist)['name']) ?? '?') : [],
      album: text(members(album)['name']) ?? '?',
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
      if (error instanceof GrantError) throw error // the token cannot be used at this API, which was not asked
      throw new ApiError(`the API at ${this.#origin} cannot be reached`, undefined, error)
    }
  }
}

function refusal({ status, headers }: Response, body: string): ApiError {
  if (status === 401) return new ApiError('the API does not accept the access token any more', status)
  if (status === 429)
    return new ApiError(`the API asks for a pause of ${headers.get('retry-after') ?? 'some'} seconds`, status)
  const plain = headers.get('content-type')?.startsWith('text/plain') === true // as Spotify explains a 403
  return new ApiError(
    `the API answered with status ${status}${plain ? ` and said “${body.slice(0, 200)}”` : ''}`,
    status,
  )
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    return members(JSON.parse(body))
  } catch (error) {
    throw new ApiError('the API answered with something that is no JSON', undefined, error)
  }
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
