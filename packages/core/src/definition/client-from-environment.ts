import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'
import { showInstead } from '../token/plain.ts'
import type { ClientRegistration } from './client-registration.ts'

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The client whose registration is in environment variables: `<PREFIX>_CLIENT_ID` and, where they are set,
 * `<PREFIX>_CLIENT_SECRET` and `<PREFIX>_REDIRECT_URI`. An empty variable counts as missing. Without `env`, the
 * variables of the process are read; where a runtime has none (Cloudflare Workers), pass those it hands over. The secret
 * is not shown where the client is printed. Throws `config_invalid` that names the variable to set.
 *
 * @example
 * ```ts
 * import { clientFromEnvironment } from '@grantkit/core'
 *
 * const client = clientFromEnvironment('ACME', { ACME_CLIENT_ID: 'my-client', ACME_CLIENT_SECRET: '' })
 * client // => { clientId: 'my-client' }
 * ```
 */
export function clientFromEnvironment(prefix: string, env?: Environment): ClientRegistration {
  if (typeof prefix !== 'string' || !/^[a-z_](?:\w*[a-z\d])?$/i.test(prefix))
    throw new GrantError('config_invalid', `${quote(prefix)} is not a valid prefix: write one such as "SPOTIFY"`)
  const variables = env ?? environmentOfProcess()
  const read = (name: string): string | undefined => variables?.[`${prefix}_${name}`]?.trim() || undefined // a file with CRLF ends in "\r"
  const [clientId, clientSecret, redirectUri] = [read('CLIENT_ID'), read('CLIENT_SECRET'), read('REDIRECT_URI')]
  if (clientId === undefined)
    throw new GrantError(
      'config_invalid',
      variables
        ? `${prefix}_CLIENT_ID is not set: set it to the client ID that the provider shows where the app is registered`
        : `this runtime has no environment variables: pass those it hands over, clientFromEnvironment("${prefix}", env)`,
    )
  return hidden({
    clientId,
    ...(clientSecret !== undefined && { clientSecret }),
    ...(redirectUri !== undefined && { redirectUri }),
  })
}

/** Node, Bun and Deno have a `process`; there it is read name by name, because Deno asks for each. */
function environmentOfProcess(): Environment | undefined {
  return (globalThis as { readonly process?: { readonly env?: Environment } }).process?.env
}

function hidden(client: ClientRegistration): ClientRegistration {
  showInstead(client, 'Client', ({ clientSecret, ...shown }) => ({
    ...shown,
    ...(clientSecret !== undefined && { clientSecret: '[redacted]' }),
  }))
  return Object.freeze(client)
}
