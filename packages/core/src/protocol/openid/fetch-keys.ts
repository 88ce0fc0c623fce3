import { GrantError } from '../../errors/grant-error.ts'
import { getJson } from '../../transport/get-json.ts'
import { placeOf } from '../../transport/place.ts'
import type { BackChannelContext } from '../back-channel.ts'
import { actionAfter } from '../oauth-error.ts'
import { judgeKeys, type PublishedKey } from './judge-keys.ts'

/** Fetches the keys that a provider publishes. Rejects with `config_invalid` where the metadata does not say where, else with what went wrong. */
export async function fetchKeys({
  provider,
  transport,
}: Pick<BackChannelContext, 'provider' | 'transport'>): Promise<readonly PublishedKey[]> {
  const { name, metadata } = provider
  const { jwks_uri: url } = metadata
  if (url === undefined)
    throw new GrantError('config_invalid', `${name} has no jwks_uri in its metadata: add it to verify ID tokens`, {
      provider: name,
    })
  const { status, json } = await getJson(transport, { what: 'jwks_uri', url, maxBytes: transport.limits.keys })
  const keys = status === 200 ? judgeKeys(json) : undefined
  if (keys) return keys
  const wrong = status === 200 ? 'is not a JSON Web Key Set (RFC 7517 §5)' : `responded with status ${status}`
  throw new GrantError('id_token_invalid', `the jwks_uri of ${name}, ${placeOf(url)}, ${wrong}`, {
    provider: name,
    status,
    action: actionAfter(status) === 'retry' ? 'retry' : 'fix_configuration', // it says nothing about the ID token
  })
}
