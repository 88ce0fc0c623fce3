import { refuseAborted } from '../../transport/deadline.ts'
import { AuthorizationCode } from '../../grants/authorization-code.ts'
import { grantPort } from '../../grants/grant.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { quote } from '../../errors/quote.ts'
import type { Token } from '../../token/token.ts'
import { announce } from './announce.ts'
import { respondToCallbacks } from './callbacks.ts'
import { giveUpWhen } from './give-up.ts'
import { listen } from './listen.ts'
import type { Listener } from './listener.ts'
import { type CheckedLogin, checkLoopbackLoginOptions, type LoopbackLoginOptions } from './options.ts'
import { pastedStrings, takePasted } from './paste.ts'
import { PendingLogin } from './pending-login.ts'
import { loopbackRedirects } from './redirects.ts'

/**
 * Logs a user of a command line or desktop program in through their own browser (RFC 8252): listens on this machine,
 * opens the authorization URL, waits for the callback, redeems its code, shows a page and stops listening. Nothing of
 * it keeps the process running afterwards, whatever the outcome.
 *
 * The port is that of the redirect URI; one without a port, such as `http://127.0.0.1/callback`, gets a free port. Only a
 * request that belongs to this login ends it, and a code that is being redeemed when the time is over is not lost.
 *
 * Rejects with `config_invalid` for options that cannot work and for a port that is taken, `timeout`, `aborted`,
 * `authorization_denied`, or whatever else `requestToken` and `source.save` reject with.
 *
 * @example
 * ```ts command-line
 * import { Pkce, Provider } from '@grantkit/core'
 * import { loopbackLogin } from '@grantkit/core/node'
 * import { spotify } from '@grantkit/provider-spotify'
 *
 * const provider = new Provider(spotify, { clientId: 'my-client', redirectUri: 'http://127.0.0.1/callback' })
 * const token = await loopbackLogin(provider.grant(Pkce), { scope: ['user-read-private'] }) // prints the URL to open
 * ```
 */
export async function loopbackLogin<Scope extends string = string>(
  grant: AuthorizationCode<Scope>,
  options: LoopbackLoginOptions<NoInfer<Scope>> = {},
): Promise<Token> {
  if (!(grant instanceof AuthorizationCode))
    throw new GrantError('config_invalid', `${quote(grant)} cannot log anybody in: pass provider.grant(Pkce)`)
  const port = grantPort(grant)
  const checked = checkLoopbackLoginOptions(options)
  refuseAborted(checked.login.signal)
  const pasted = pastedStrings(checked.login.paste)
  const listener = await listen(port.provider, loopbackRedirects(port, checked.authorization.redirectUri))
  const ending: (() => void)[] = [] // what still runs when the login is decided
  try {
    const { url, pending } = await begin(grant, listener, checked)
    refuseAborted(checked.login.signal) // from here on, it is watched
    ending.push(giveUpWhen(pending, { port, redirectUri: listener.redirectUri, ...checked.login }))
    if (pasted) ending.push(takePasted(pasted, listener.redirectUri, pending))
    announce(url, port.provider.name, checked.login.open)
    const outcome = await pending.outcome
    if ('error' in outcome) throw outcome.error
    return outcome.token
  } finally {
    for (const end of ending) end()
    await listener.close()
  }
}

/** Begins the login at the redirect URI of the listener, which responds to callbacks from then on. */
async function begin<Scope extends string>(
  grant: AuthorizationCode<Scope>,
  listener: Listener,
  { login: { signal, source, page }, authorization }: CheckedLogin<Scope>,
): Promise<{ readonly url: URL; readonly pending: PendingLogin }> {
  const { url, transaction } = await grant.authorize({ ...authorization, redirectUri: listener.redirectUri })
  const pending = new PendingLogin((callback) => grant.requestToken(callback, transaction, { signal }), source)
  respondToCallbacks(listener, pending, { provider: grantPort(grant).provider.name, page })
  return { url, pending }
}
