import { json } from '../http/response.ts'
import { spotifyTrack } from './spotify-track.ts'
import type { Bearer } from '../authorization/bearer.ts'
import type { HttpResponse } from '../http/response.ts'
import type { ApiRequest } from './dialect.ts'

/** `GET /v1/me` and `GET /v1/tracks/{id}`. */
export async function spotifyApi({ path, authorization, origin, bearer }: ApiRequest): Promise<HttpResponse> {
  if (authorization !== undefined && !/^bearer( |$)/i.test(authorization))
    return failure(400, 'Only valid bearer authentication supported')
  const token = await bearer((authorization ?? '').replace(/^bearer */i, ''))
  if (token === undefined) return unauthorized('Missing/invalid/expired access token')
  if (path === '/v1/me') return me(token, origin)
  const [, id] = /^\/v1\/tracks\/([^/]+)$/.exec(path) ?? []
  const track = spotifyTrack(id, origin)
  return track === undefined ? failure(404, 'Resource not found') : json(200, track)
}

/** The profile without the fields that the scopes do not cover. */
function me({ subject, profile, scope }: Bearer, origin: string): HttpResponse {
  if (subject === undefined) return unauthorized('This request requires user authentication.')
  return json(200, {
    ...(scope.includes('user-read-private') ? privatePart(profile) : {}),
    display_name: profile.name ?? null,
    ...(scope.includes('user-read-email') ? { email: profile.email } : {}),
    external_urls: { spotify: `https://open.spotify.com/user/${subject}` },
    followers: { href: null, total: 3 },
    href: `${origin}/v1/users/${subject}`,
    id: subject,
    images: [{ url: `https://images.example/${subject}.jpg`, height: 300, width: 300 }],
    type: 'user',
    uri: `spotify:user:${subject}`,
  })
}

function privatePart(profile: Bearer['profile']): object {
  return {
    country: profile['country'] ?? 'SE',
    product: profile['product'] ?? 'premium',
    explicit_content: { filter_enabled: false, filter_locked: false },
  }
}

function unauthorized(message: string): HttpResponse {
  const challenge = `Bearer realm="spotify", error="invalid_token", error_description="${message}"`
  return failure(401, message, { 'www-authenticate': challenge })
}

function failure(status: number, message: string, headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return json(status, { error: { status, message } }, headers)
}
