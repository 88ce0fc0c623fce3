const trackId = '7EjyzZcbLxW7PaaLua9Ksb'
const albumId = '4ExampleAlbum00000000A'
const artistId = '2ExampleArtist0000000B'

/** The one track of the catalogue, in the shape of Spotify's `TrackObject`. */
export function spotifyTrack(id: string | undefined, origin: string): object | undefined {
  if (id !== trackId) return undefined
  const artists = [{ ...reference('artist', artistId, origin), name: 'The Examples' }]
  const album = {
    ...reference('album', albumId, origin),
    album_type: 'album',
    artists,
    images: [{ url: 'https://images.example/album.jpg', height: 640, width: 640 }],
    name: 'Worked Examples',
    release_date: '2024-02-29',
    release_date_precision: 'day',
    total_tracks: 10,
  }
  return {
    ...reference('track', trackId, origin),
    album,
    artists,
    disc_number: 1,
    duration_ms: 217_573,
    explicit: false,
    is_local: false,
    name: 'Example in E',
    preview_url: null,
    track_number: 3,
  }
}

function reference(type: string, id: string, origin: string): object {
  return {
    external_urls: { spotify: `https://open.spotify.com/${type}/${id}` },
    href: `${origin}/v1/${type}s/${id}`,
    id,
    type,
    uri: `spotify:${type}:${id}`,
  }
}
