import { Token } from '@grantkit/core'
import { startFaultServer } from '@grantkit/testing/server'
import { expect, test } from 'vitest'
import { SpotifyApi } from '../src/spotify-api.ts'

const token = Token.from({ accessToken: 'mF_9.B5f-4.1JqM' })

function apiAt(origin: string): SpotifyApi {
  return new SpotifyApi(token, {
    name: 'spotify',
    metadata: { token_endpoint: `${origin}/token` },
    apiOrigins: [origin],
  })
}

test.each([
  [{ status: 401 }, 'the API no longer accepts the access token', 401],
  [{ status: 429, headers: { 'retry-after': '7' } }, 'the API asks to wait 7 seconds', 429],
  [{ status: 403, text: 'Not registered' }, 'the API responded with status 403: “Not registered”', 403],
  [{ status: 500, json: { error: 'no' } }, 'the API responded with status 500', 500],
  [{ text: '<html>' }, 'the response of the API is not JSON', undefined],
  [{ reset: true }, 'cannot be reached', undefined],
  [{ json: {}, truncate: 1 }, 'cannot be reached', undefined],
] as const)('the answer %j is an error that says so', async (reply, message, status) => {
  await using server = await startFaultServer()
  await server.reply('/v1/me', reply)
  const failure = await apiAt(server.url)
    .profile()
    .catch((error: unknown) => error)
  expect(failure).toMatchObject({ message: expect.stringContaining(message) })
  expect((failure as { status?: number }).status).toBe(status)
})

test('missing or malformed fields of the API are not shown', async () => {
  await using server = await startFaultServer()
  await server.reply('/v1/me', { json: { display_name: null, id: 'ada', email: 7, country: [] } })
  await server.reply('/v1/tracks/7EjyzZcbLxW7PaaLua9Ksb', {
    json: { artists: [null, { name: 'One' }], duration_ms: 'x' },
  })
  const api = apiAt(server.url)
  expect(await api.profile()).toStrictEqual({ name: 'ada', email: undefined, country: undefined })
  const track = { name: 'Untitled track', artists: ['?', 'One'], album: '?', duration: 0 }
  expect(await api.track()).toStrictEqual(track)
})
