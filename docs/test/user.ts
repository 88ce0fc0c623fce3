import type { AuthorizationServer } from '@grantkit/testing/server'
import { vi } from 'vitest'
import { gitlabEnvironment, type StandIn, standInForGitLab, standInForSpotify } from './stand-ins.ts'

/** Does what a user does in the browser: opens an authorization URL, agrees (or, at acme, refuses), and resolves to the callback. */
export type User = (authorizationUrl: URL, options?: { readonly deny?: boolean }) => Promise<string>

const gitlabCallback = 'http://127.0.0.1:3000/callback'

/**
 * Ada, who has an account at acme, at Spotify and at GitLab, all of them on this machine. The client of GitLab is in the
 * environment.
 */
export async function startUser(acme: AuthorizationServer): Promise<{ readonly user: User; close(): Promise<void> }> {
  const providers: Pick<StandIn, 'origin' | 'logIn' | 'close'>[] = await Promise.all([
    standInForSpotify('http://127.0.0.1:8888/callback'),
    standInForGitLab(gitlabCallback),
  ])
  for (const [name, value] of Object.entries(gitlabEnvironment(gitlabCallback))) vi.stubEnv(name, value)
  const user: User = ({ href }, options) => {
    const provider = providers.find(({ origin }) => href.startsWith(origin))
    return provider ? provider.logIn(href) : acme.logIn(href.replace('https://id.acme.example', acme.url), options)
  }
  return { user, close: async () => void (await Promise.all(providers.map((provider) => provider.close()))) }
}
