import { type Provider, Refresh } from '@grantkit/core'
import type { Handler } from 'hono'
import { notLoggedIn } from '../failures.ts'
import type { Login } from '../sessions/session.ts'
import type { Demo, Steps } from './demo.ts'
import { showFailure } from './failed.ts'

/** `POST /refresh`: trades the refresh token for a fresh access token. */
export function refresh(demo: Demo): Handler<Steps> {
  return async (context) => {
    const { session } = context.var
    if (!session.login) return showFailure(context, notLoggedIn)
    const before = session.login.token
    await session.refresh((login) => refreshed(demo.connection.provider, login, demo.now))
    const changed = session.login.token.accessToken !== before.accessToken
    const rotated = session.login.token.refreshToken !== before.refreshToken
    session.tell(
      `The access token is ${changed ? 'new' : 'unchanged'}. ` +
        `The refresh token ${rotated ? 'was replaced too' : 'did not change'}.`,
    )
    return context.redirect('/account', 303)
  }
}

async function refreshed(provider: Provider, { token, refreshes }: Login, now: () => number): Promise<Login> {
  const fresh = await provider.grant(Refresh).requestToken(token)
  return { token: fresh, issuedAt: now(), refreshes: refreshes + 1 }
}
