import type { ScopeDescription } from '@grantkit/core'
import { freeze } from './freeze.ts'

/** Where Spotify documents its scopes. */
export const scopePage = 'https://developer.spotify.com/documentation/web-api/concepts/scopes'

/** A scope of Spotify (RFC 6749 §3.3); a misspelt one does not compile. */
export type SpotifyScope =
  | 'ugc-image-upload'
  | 'user-read-playback-state'
  | 'user-modify-playback-state'
  | 'user-read-currently-playing'
  | 'app-remote-control'
  | 'streaming'
  | 'playlist-read-private'
  | 'playlist-read-collaborative'
  | 'playlist-modify-private'
  | 'playlist-modify-public'
  | 'user-follow-modify'
  | 'user-follow-read'
  | 'user-read-playback-position'
  | 'user-top-read'
  | 'user-read-recently-played'
  | 'user-library-modify'
  | 'user-library-read'
  | 'user-read-email'
  | 'user-read-private'

/** The descriptions on the consent page, from the OpenAPI document of 2026-05-30. */
const consent: Readonly<Record<SpotifyScope, string>> = {
  'ugc-image-upload': 'Upload images to Spotify on your behalf.',
  'user-read-playback-state': 'Read your currently playing content and Spotify Connect devices information.',
  'user-modify-playback-state': 'Control playback on your Spotify clients and Spotify Connect devices.',
  'user-read-currently-playing': 'Read your currently playing content.',
  'app-remote-control': 'Communicate with the Spotify app on your device.',
  streaming: 'Play content and control playback on your other devices.',
  'playlist-read-private': 'Access your private playlists.',
  'playlist-read-collaborative': 'Access your collaborative playlists.',
  'playlist-modify-private': 'Manage your private playlists.',
  'playlist-modify-public': 'Manage your public playlists.',
  'user-follow-modify': 'Manage your saved content.', // an older page says "Manage who you are following."
  'user-follow-read': 'Access your followers and who you are following.',
  'user-read-playback-position': 'Read your position in content you have played.',
  'user-top-read': 'Read your top artists and content.',
  'user-read-recently-played': 'Access your recently played items.',
  'user-library-modify': 'Manage your saved content.',
  'user-library-read': 'Access your saved content.',
  'user-read-email': 'Get your real email address.',
  'user-read-private': 'Access your subscription details.',
}

/** The scopes for the definition: each with its description and source. */
export const scopes: Readonly<Record<SpotifyScope, ScopeDescription>> = Object.fromEntries(
  Object.entries(consent).map(([scope, description]) => [scope, { description, source: `${scopePage}#${scope}` }]),
) as Record<SpotifyScope, ScopeDescription>

/** A group of scopes that are often requested together. */
export type SpotifyScopeGroup =
  | 'all'
  | 'profile'
  | 'playlistRead'
  | 'playlistModify'
  | 'library'
  | 'follow'
  | 'playback'
  | 'history'

/**
 * Scopes that are often requested together. Request as little as possible: `all` is for consoles and tests.
 *
 * @example
 * ```ts
 * import { spotifyScopes } from '@grantkit/provider-spotify'
 *
 * spotifyScopes.playlistRead // => ['playlist-read-private', 'playlist-read-collaborative']
 * spotifyScopes.all.length // => 19
 * ```
 */
export const spotifyScopes: Readonly<Record<SpotifyScopeGroup, readonly SpotifyScope[]>> = freeze({
  all: Object.keys(consent) as SpotifyScope[],
  profile: ['user-read-private', 'user-read-email'],
  playlistRead: ['playlist-read-private', 'playlist-read-collaborative'],
  playlistModify: ['playlist-modify-private', 'playlist-modify-public'],
  library: ['user-library-read', 'user-library-modify'],
  follow: ['user-follow-read', 'user-follow-modify'],
  playback: ['user-read-playback-state', 'user-read-currently-playing', 'user-modify-playback-state'],
  history: ['user-top-read', 'user-read-recently-played', 'user-read-playback-position'],
})
