import { ClientCredentials, Pkce, Provider } from '@grantkit/core'
import { expect, expectTypeOf, test } from 'vitest'
import { spotify, type SpotifyOperation, type SpotifyScope, spotifyScopes, spotifyScopesFor } from '../src/index.ts'
import { startAccounts } from './accounts.ts'

const scopes = Object.keys(spotify.scopes ?? {})

test('all nineteen scopes have the words of the consent page and their place in the documentation', () => {
  expect(scopes).toHaveLength(19)
  for (const [scope, { description, source }] of Object.entries(spotify.scopes ?? {})) {
    expect(description).toMatch(/^[A-Z].+\.$/)
    expect(source).toBe(`https://developer.spotify.com/documentation/web-api/concepts/scopes#${scope}`)
  }
})

test('the groups hold scopes that exist, and all of them together are all', () => {
  expect(spotifyScopes.all).toEqual(scopes)
  for (const group of Object.values(spotifyScopes)) {
    expect(scopes).toEqual(expect.arrayContaining([...group]))
    expect(new Set(group).size).toBe(group.length)
  }
})

test('the scopes are frozen', () => {
  expect(() => (spotifyScopes.profile as SpotifyScope[]).push('streaming')).toThrow(TypeError)
  expect(() => (spotifyScopesFor('GET /me') as unknown as SpotifyScope[]).push('streaming')).toThrow(TypeError)
  expect(() => Object.assign(spotifyScopes, { profile: [] })).toThrow(TypeError)
})

test('a misspelt scope does not compile', async () => {
  const { fetch } = await startAccounts()
  const client = { clientId: 'x', clientSecret: 's', redirectUri: 'http://127.0.0.1:8888/callback' }
  const provider = new Provider(spotify, client, { fetch })
  await provider.grant(Pkce).authorize({ scope: ['user-read-email', 'streaming'] })
  // @ts-expect-error 'user-reed-email' is not a scope of this provider
  await provider.grant(Pkce).authorize({ scope: ['user-reed-email'] })
  // @ts-expect-error a list of scopes is an array
  await expect(provider.grant(Pkce).authorize({ scope: 'streaming' })).rejects.toThrow(/write \['streaming'\]/)
  // @ts-expect-error 'user-reed-email' is not a scope of this provider
  await provider.grant(ClientCredentials).requestToken({ scope: ['user-reed-email'] })
  await provider.grant(Pkce).authorize({ scope: spotifyScopes.playlistRead })
  await provider.grant(Pkce).authorize({ scope: [...spotifyScopesFor('GET /me'), ...spotifyScopes.history] })
  expectTypeOf(spotifyScopes.all).toEqualTypeOf<readonly SpotifyScope[]>()
})

/** Every operation, as the OpenAPI document of 2026-05-30 groups them by their scopes. */
const rows = [
  [
    'playlist-modify-public playlist-modify-private',
    [
      'PUT /playlists/{id}',
      'POST /playlists/{id}/items',
      'PUT /playlists/{id}/items',
      'DELETE /playlists/{id}/items',
      'POST /me/playlists',
    ],
  ],
  ['playlist-read-private', ['GET /playlists/{id}/items', 'GET /me/playlists']],
  ['ugc-image-upload playlist-modify-public playlist-modify-private', ['PUT /playlists/{id}/images']],
  ['user-follow-read', ['GET /me/following']],
  ['user-library-modify user-follow-modify playlist-modify-public', ['PUT /me/library', 'DELETE /me/library']],
  ['user-library-read user-follow-read playlist-read-private', ['GET /me/library/contains']],
  ['user-library-read', ['GET /me/audiobooks', 'GET /me/albums', 'GET /me/tracks', 'GET /me/shows']],
  ['user-library-read user-read-playback-position', ['GET /me/episodes']],
  [
    'user-modify-playback-state',
    [
      'PUT /me/player',
      'PUT /me/player/play',
      'PUT /me/player/pause',
      'PUT /me/player/seek',
      'PUT /me/player/repeat',
      'PUT /me/player/volume',
      'PUT /me/player/shuffle',
      'POST /me/player/next',
      'POST /me/player/previous',
      'POST /me/player/queue',
    ],
  ],
  ['user-read-currently-playing', ['GET /me/player/currently-playing']],
  ['user-read-currently-playing user-read-playback-state', ['GET /me/player/queue']],
  ['user-read-playback-state', ['GET /me/player', 'GET /me/player/devices']],
  ['user-read-playback-position', ['GET /shows/{id}', 'GET /shows/{id}/episodes', 'GET /episodes/{id}']],
  ['user-read-private user-read-email', ['GET /me']],
  ['user-read-recently-played', ['GET /me/player/recently-played']],
  ['user-top-read', ['GET /me/top/{type}']],
  [
    '',
    [
      'GET /albums/{id}',
      'GET /albums/{id}/tracks',
      'GET /artists/{id}',
      'GET /artists/{id}/albums',
      'GET /audiobooks/{id}',
      'GET /audiobooks/{id}/chapters',
      'GET /chapters/{id}',
      'GET /tracks/{id}',
      'GET /search',
      'GET /playlists/{id}',
      'GET /playlists/{id}/images',
    ],
  ],
] as const satisfies readonly (readonly [scopes: string, operations: readonly SpotifyOperation[]])[]

test.each(rows)('"%s" is what Spotify documents for %s', (expected, operations) => {
  for (const operation of operations) {
    const found: readonly SpotifyScope[] = spotifyScopesFor(operation) // one that is no scope would not compile
    expect(found.join(' ')).toBe(expected)
    expect(scopes).toEqual(expect.arrayContaining([...found]))
  }
})

test('these are all operations', () => {
  expect(rows.flatMap(([, operations]) => operations)).toHaveLength(48)
  expectTypeOf<(typeof rows)[number][1][number]>().toEqualTypeOf<SpotifyOperation>()
})

test('the result is a list of scopes for authorize', () => {
  expectTypeOf(spotifyScopesFor('GET /me')).toEqualTypeOf<readonly SpotifyScope[]>()
})

test('a misspelt operation does not compile, and throws with the correct name', () => {
  // @ts-expect-error 'GET /me/playlist' is not an operation
  expect(() => spotifyScopesFor('GET /me/playlist')).toThrow(
    new TypeError(`"GET /me/playlist" is not a known operation of Spotify's Web API: write 'GET /me/playlists'`),
  )
})

test.each([
  ['get /me/playlists', 'GET /me/playlists'],
  ['delete /me/library', 'DELETE /me/library'],
  ['/me/playlists', 'GET /me/playlists'],
  ['GET https://api.spotify.com/v1/me/player', 'GET /me/player'],
  ['GET /v1/me/library/contains?uris=spotify:track:7EjyzZcbLxW7PaaLua9Ksb', 'GET /me/library/contains'],
  ['GET /playlists/{playlist_id}', 'GET /playlists/{id}'],
  ['GET /playlists/{playlist_id}/items', 'GET /playlists/{id}/items'],
  ['PUT /playlists/37i9dQZF1DX4UtSsGT1Sbe/images', 'PUT /playlists/{id}/images'],
  ['GET /playlists/37i9dQZF1DX4UtSsGT1Sbe', 'GET /playlists/{id}'],
  ['GET /search?q=remaster&type=track', 'GET /search'],
  ['GET /tracks/7EjyzZcbLxW7PaaLua9Ksb?market=SE', 'GET /tracks/{id}'],
  ['POST /playlists/{id}/tracks', 'POST /playlists/{id}/items'],
  ['toString', 'GET /me'],
  ['__proto__', 'GET /me'],
  ['', 'GET /me'],
])('from JavaScript, "%s" is refused with the suggestion %s', (written, suggestion) => {
  expect(() => spotifyScopesFor(written as SpotifyOperation)).toThrow(`write '${suggestion}'`)
})

test.each([undefined, null, 7, {}, Symbol('x'), ['GET /me/playlist'], 'x'.repeat(1_000_000)])(
  'in JavaScript, anything else throws a short TypeError (%#)',
  (written) => {
    const error: unknown = (() => {
      try {
        return spotifyScopesFor(written as SpotifyOperation)
      } catch (thrown) {
        return thrown
      }
    })()
    expect(error).toBeInstanceOf(TypeError)
    expect(String(error).length).toBeLessThan(300)
  },
)
