/**
 * The Spotify preset of Grantkit: its endpoints, scopes and client rules, as data.
 *
 * @packageDocumentation
 */
export { spotify } from './spotify.ts'
export { type SpotifyScope, type SpotifyScopeGroup, spotifyScopes } from './scopes.ts'
export { type SpotifyOperation, spotifyScopesFor } from './scopes-for.ts'
