import type { CustomFetch } from 'openid-client'
import { GrantError } from '../errors/grant-error.ts'
import type { ProofOfPossession } from '../protocol/proof-of-possession.ts'
import { secretsOf } from '../protocol/request-secrets.ts'
import { send } from '../transport/send.ts'
import type { OAuthRequest, OAuthResponse } from '../transport/transport.ts'
import { type Bridge, purposeOf, requestOf } from './bridge-request.ts'
import { passedOn, responseOf } from './bridge-response.ts'

/**
 * The fetch of a configuration: it sends to the endpoints of one provider, as that provider expects it, and responds as the
 * standards require. A form is authenticated and normalised; a GET of user information or of keys goes as it is.
 */
export function bridgeFetch(bridge: Bridge): CustomFetch {
  return async (url, { method, headers, body, signal: given }) => {
    const signal = given ?? undefined
    if (method === 'GET') return get(bridge, { url, headers, signal })
    if (method !== 'POST' || !(body instanceof URLSearchParams))
      throw new GrantError('config_invalid', `a ${method} request other than a form does not go through this bridge`)
    const request = await requestOf(bridge, { url, form: body, headers })
    return responseOf(await bridge.channel.send({ ...request, signal }), request)
  }
}

interface Get {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

/** User information and keys: openid-client reads their errors from the challenge, which is kept. */
async function get(bridge: Bridge, asked: Get): Promise<Response> {
  const { transport, proofs } = bridge.context
  const token = purposeOf(asked.url, bridge, 'get') === 'userinfo' ? bearerIn(asked.headers) : undefined
  const secrets = secretsOf(new Headers(asked.headers), new URLSearchParams())
  const request = async (): Promise<OAuthRequest> => {
    const proven: Get['headers'] = proofs && token !== undefined ? await credentials(proofs, asked.url, token) : {}
    secrets.push(...Object.values(proven))
    const headers = { ...asked.headers, ...proven }
    return { url: asked.url, method: 'GET', headers, maxBytes: transport.limits.keys }
  }
  const again = async ({ status, headers }: OAuthResponse): Promise<OAuthRequest | undefined> => {
    const hasNonce = proofs?.remember(asked.url, headers) ?? false
    return hasNonce && status === 401 && token !== undefined ? request() : undefined
  }
  const options = { signal: asked.signal, secrets: () => secrets, again }
  return passedOn(await send(transport, await request(), options))
}

function bearerIn({ authorization = '' }: Get['headers']): string | undefined {
  return /^Bearer (.+)$/i.exec(authorization)?.[1]
}

/** How a token is presented that is bound to the key of the provider (RFC 9449 §7.1), of which openid-client knows nothing. */
async function credentials(
  proofs: ProofOfPossession,
  url: string,
  accessToken: string,
): Promise<Readonly<Record<'authorization' | 'dpop', string>>> {
  const dpop = await proofs.proof({ method: 'GET', url, accessToken })
  return { authorization: `DPoP ${accessToken}`, dpop }
}
