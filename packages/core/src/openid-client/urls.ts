import { type Callback, callbackParameters } from '../grants/callback-parameters.ts'
import { backChannelOf } from '../provider/back-channel-of.ts'
import type { Provider } from '../provider/provider.ts'
import { valuesOf } from './bridge-request.ts'

/**
 * The authorization URL of a provider, in place of `buildAuthorizationUrl`, which knows nothing of presets: these
 * parameters and the fixed ones of the definition, renamed and encoded as the provider expects them. `client_id`,
 * `response_type=code` and the first redirect URI are added unless given. Rejects with `config_invalid`.
 */
export async function authorizationUrl(
  provider: Provider,
  parameters: URLSearchParams | Readonly<Record<string, string>> = {},
): Promise<URL> {
  const { port } = backChannelOf(provider)
  const { clientId, redirectUris } = port.client
  return port.authorizationUrl({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUris[0],
    ...valuesOf(new URLSearchParams(parameters)),
  })
}

/** Options of {@link callbackUrl}. */
export interface CallbackUrlOptions {
  /** The redirect URI of the authorization request; the first one of the client unless given. */
  readonly redirectUri?: string | undefined
}

/**
 * The callback as `authorizationCodeGrant` reads it: the redirect URI with the parameters under their names in the
 * standards. It takes what `requestToken` takes. The state is not checked here: `authorizationCodeGrant` does that.
 * Rejects with `callback_invalid`.
 */
export async function callbackUrl(
  provider: Provider,
  callback: Callback,
  { redirectUri }: CallbackUrlOptions = {},
): Promise<URL> {
  const { port } = backChannelOf(provider)
  const url = new URL(redirectUri ?? port.client.redirectUris[0] ?? 'https://redirect.invalid')
  url.search = String(await port.readCallback(await callbackParameters(callback)))
  return url
}
