import { type Callback, callbackParameters } from '../grants/callback-parameters.ts'
import { backChannelOf } from '../provider/back-channel-of.ts'
import type { Provider } from '../provider/provider.ts'
import type { RequestValues } from '../wire/form.ts'

/**
 * The authorization URL of a provider, with these parameters beside those that the definition fixes, renamed and encoded
 * as the provider wants them: in place of `buildAuthorizationUrl`, which knows nothing of a preset. `client_id`,
 * `response_type=code` and the first redirect URI are added unless given. Rejects with `config_invalid`.
 */
export async function authorizationUrl(provider: Provider, parameters: RequestValues = {}): Promise<URL> {
  const { port } = backChannelOf(provider)
  const { clientId, redirectUris } = port.client
  return port.authorizationUrl({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUris[0],
    ...parameters,
  })
}

/**
 * The callback as openid-client reads it: the redirect URI with the parameters under their names in the standards. It
 * takes what `requestToken` takes. Nothing is checked here: `authorizationCodeGrant` does that. Rejects with `callback_invalid`.
 */
export async function callbackUrl(provider: Provider, callback: Callback): Promise<URL> {
  const { port } = backChannelOf(provider)
  const url = new URL(port.client.redirectUris[0] ?? 'https://redirect.invalid')
  const parameters = await port.readCallback(await callbackParameters(callback))
  url.search = String(parameters)
  return url
}
