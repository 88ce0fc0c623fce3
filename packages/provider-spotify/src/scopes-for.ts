import { freeze } from './freeze.ts'
import type { SpotifyScope } from './scopes.ts'

/** An operation of Spotify's Web API: its method and its path below `https://api.spotify.com/v1`. */
export type SpotifyOperation =
  | 'PUT /playlists/{id}'
  | 'POST /playlists/{id}/items'
  | 'PUT /playlists/{id}/items'
  | 'DELETE /playlists/{id}/items'
  | 'POST /me/playlists'
  | 'GET /playlists/{id}/items'
  | 'GET /me/playlists'
  | 'PUT /playlists/{id}/images'
  | 'GET /me/following'
  | 'PUT /me/library'
  | 'DELETE /me/library'
  | 'GET /me/library/contains'
  | 'GET /me/audiobooks'
  | 'GET /me/albums'
  | 'GET /me/tracks'
  | 'GET /me/shows'
  | 'GET /me/episodes'
  | 'PUT /me/player'
  | 'PUT /me/player/play'
  | 'PUT /me/player/pause'
  | 'PUT /me/player/seek'
  | 'PUT /me/player/repeat'
  | 'PUT /me/player/volume'
  | 'PUT /me/player/shuffle'
  | 'POST /me/player/next'
  | 'POST /me/player/previous'
  | 'POST /me/player/queue'
  | 'GET /me/player/currently-playing'
  | 'GET /me/player/queue'
  | 'GET /me/player'
  | 'GET /me/player/devices'
  | 'GET /shows/{id}'
  | 'GET /shows/{id}/episodes'
  | 'GET /episodes/{id}'
  | 'GET /me'
  | 'GET /me/player/recently-played'
  | 'GET /me/top/{type}'
  | 'GET /albums/{id}'
  | 'GET /albums/{id}/tracks'
  | 'GET /artists/{id}'
  | 'GET /artists/{id}/albums'
  | 'GET /audiobooks/{id}'
  | 'GET /audiobooks/{id}/chapters'
  | 'GET /chapters/{id}'
  | 'GET /tracks/{id}'
  | 'GET /search'
  | 'GET /playlists/{id}'
  | 'GET /playlists/{id}/images'

/** The scopes of each operation that is not deprecated, from the OpenAPI document of 2026-05-30. */
const scopesOf: Readonly<Record<SpotifyOperation, readonly SpotifyScope[]>> = freeze({
  'PUT /playlists/{id}': ['playlist-modify-public', 'playlist-modify-private'],
  'POST /playlists/{id}/items': ['playlist-modify-public', 'playlist-modify-private'],
  'PUT /playlists/{id}/items': ['playlist-modify-public', 'playlist-modify-private'],
  'DELETE /playlists/{id}/items': ['playlist-modify-public', 'playlist-modify-private'],
  'POST /me/playlists': ['playlist-modify-public', 'playlist-modify-private'],
  'GET /playlists/{id}/items': ['playlist-read-private'],
  'GET /me/playlists': ['playlist-read-private'],
  'PUT /playlists/{id}/images': ['ugc-image-upload', 'playlist-modify-public', 'playlist-modify-private'],
  'GET /me/following': ['user-follow-read'],
  'PUT /me/library': ['user-library-modify', 'user-follow-modify', 'playlist-modify-public'],
  'DELETE /me/library': ['user-library-modify', 'user-follow-modify', 'playlist-modify-public'],
  'GET /me/library/contains': ['user-library-read', 'user-follow-read', 'playlist-read-private'],
  'GET /me/audiobooks': ['user-library-read'],
  'GET /me/albums': ['user-library-read'],
  'GET /me/tracks': ['user-library-read'],
  'GET /me/shows': ['user-library-read'],
  'GET /me/episodes': ['user-library-read', 'user-read-playback-position'],
  'PUT /me/player': ['user-modify-playback-state'],
  'PUT /me/player/play': ['user-modify-playback-state'],
  'PUT /me/player/pause': ['user-modify-playback-state'],
  'PUT /me/player/seek': ['user-modify-playback-state'],
  'PUT /me/player/repeat': ['user-modify-playback-state'],
  'PUT /me/player/volume': ['user-modify-playback-state'],
  'PUT /me/player/shuffle': ['user-modify-playback-state'],
  'POST /me/player/next': ['user-modify-playback-state'],
  'POST /me/player/previous': ['user-modify-playback-state'],
  'POST /me/player/queue': ['user-modify-playback-state'],
  'GET /me/player/currently-playing': ['user-read-currently-playing'],
  'GET /me/player/queue': ['user-read-currently-playing', 'user-read-playback-state'],
  'GET /me/player': ['user-read-playback-state'],
  'GET /me/player/devices': ['user-read-playback-state'],
  'GET /shows/{id}': ['user-read-playback-position'],
  'GET /shows/{id}/episodes': ['user-read-playback-position'],
  'GET /episodes/{id}': ['user-read-playback-position'],
  'GET /me': ['user-read-private', 'user-read-email'],
  'GET /me/player/recently-played': ['user-read-recently-played'],
  'GET /me/top/{type}': ['user-top-read'],
  'GET /albums/{id}': [],
  'GET /albums/{id}/tracks': [],
  'GET /artists/{id}': [],
  'GET /artists/{id}/albums': [],
  'GET /audiobooks/{id}': [],
  'GET /audiobooks/{id}/chapters': [],
  'GET /chapters/{id}': [],
  'GET /tracks/{id}': [],
  'GET /search': [],
  'GET /playlists/{id}': [],
  'GET /playlists/{id}/images': [],
})

/**
 * Returns the documented scopes of an operation of Spotify's Web API; empty if any token is enough. An operation that
 * writes to playlists has the public and the private scope; the playlist decides which one it needs. A misspelt operation
 * does not compile; in JavaScript, it throws a `TypeError` with the correct name.
 *
 * @example
 * ```ts
 * import { spotifyScopesFor } from '@grantkit/provider-spotify'
 *
 * spotifyScopesFor('GET /me/playlists') // => ['playlist-read-private']
 * spotifyScopesFor('GET /tracks/{id}') // => []
 * ```
 */
export function spotifyScopesFor(operation: SpotifyOperation): readonly SpotifyScope[] {
  if (Object.hasOwn(scopesOf, operation)) return scopesOf[operation]
  throw unknownOperation(operation)
}

const longest = 100

function unknownOperation(operation: unknown): TypeError {
  const written = String(operation).slice(0, longest)
  return new TypeError(
    `${JSON.stringify(written)} is not a known operation of Spotify's Web API: write '${nearest(written)}'`,
  )
}

/** The most similar operation, after a URL is reduced to a path and an ID to `{id}`. */
function nearest(written: string): string {
  const text = written
    .replace(/^([a-z]*) *(?:https?:\/\/[^/]*)?(?=\/)/i, (_, method: string) => `${method.toUpperCase()} `)
    .replaceAll(/\/\w{22}(?![^/?])/g, '/{id}')
    .replace(/\?.*/, '')
  const distances = Object.keys(scopesOf).map((operation) => ({ operation, distance: edits(text, operation) }))
  return distances.reduce((best, next) => (next.distance < best.distance ? next : best)).operation
}

/** The number of characters to add, remove or replace between two strings (Levenshtein distance). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, character] of [...from].entries()) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++)
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (character === to[j] ? 0 : 1)))
    row = next
  }
  return row[to.length]!
}
