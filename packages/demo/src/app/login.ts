import { Pkce } from '@grantkit/core'
import type { SpotifyScope } from '@grantkit/provider-spotify'
import type { Handler } from 'hono'
import type { Demo, Steps } from './demo.ts'

const scope: readonly SpotifyScope[] = ['user-read-private', 'user-read-email']

/** `POST /login`: redirects the user to the authorization server, and stores the transaction in the session. */
export function beginLogin({ connection, origin }: Demo): Handler<Steps> {
  return async (context) => {
    const { url, transaction } = await connection.provider.grant(Pkce).authorize({
      scope,
      redirectUri: `${origin}/callback`,
      parameters: { show_dialog: 'true' }, // always shows the consent page
    })
    context.var.session.begin(transaction)
    return context.redirect(url.href, 303)
  }
}

/** `GET /callback`: redeems the code, and redirects at once, because the code is in the URL. */
export function finishLogin({ connection, sessions, now }: Demo): Handler<Steps> {
  return async (context) => {
    const { session } = context.var
    const transaction = session.transactionOf(context.req.query('state'))
    const token = await connection.provider.grant(Pkce).requestToken(context.req.url, transaction)
    const fresh = sessions.renew(session)
    fresh.login = { token, issuedAt: now(), refreshes: 0 }
    context.set('session', fresh)
    return context.redirect('/account', 303)
  }
}
