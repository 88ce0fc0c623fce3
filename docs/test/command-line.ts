import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spotify } from '@grantkit/provider-spotify'
import { startAuthorizationServer } from '@grantkit/testing/server'
import { expect, vi } from 'vitest'
import { standInFor } from './network.ts'

const redirectUri = 'http://127.0.0.1/callback'

/**
 * Runs a sample that is a command line program for Spotify, in an environment with a client and an empty data directory,
 * and uses it as a person does: opens the URL that it prints, and logs in.
 */
export async function useAsPerson(run: () => Promise<unknown>): Promise<void> {
  const clients = [{ clientId: 'my-client', redirectUris: [redirectUri] }]
  await using server = await startAuthorizationServer({ like: 'spotify', clients })
  const { origin } = new URL(spotify.metadata.token_endpoint)
  for (const standing of [origin, ...(spotify.apiOrigins ?? [])]) standInFor(standing, server.url)
  const home = await mkdtemp(join(tmpdir(), 'grantkit-'))
  vi.stubEnv('SPOTIFY_CLIENT_ID', 'my-client')
  vi.stubEnv('SPOTIFY_REDIRECT_URI', redirectUri)
  vi.stubEnv('MY_PLAYER_HOME', home)
  const pages: Promise<string>[] = []
  const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    const [url] = /https:\S+/.exec(String(text)) ?? []
    if (url !== undefined) pages.push(open(url.replace(origin, server.url)))
    return true
  })
  try {
    await run()
    expect(await Promise.all(pages)).toEqual([expect.stringContaining('You are logged in at spotify')])
  } finally {
    stderr.mockRestore()
    vi.unstubAllEnvs()
    await rm(home, { recursive: true })
  }

  async function open(url: string): Promise<string> {
    return (await fetch(await server.logIn(url))).text()
  }
}
