/**
 * The Spotify preset of Grantkit: its endpoints, its scopes and what it asks of a client, as data.
 *
 * @packageDocumentation
 */
export { spotify } from './spotify.ts'
export { type SpotifyScope, type SpotifyScopeGroup, spotifyScopes } from './scopes.ts'
export { type SpotifyOperation, spotifyScopesFor } from './scopes-for.ts'
