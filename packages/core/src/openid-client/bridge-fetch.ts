import type { CustomFetch } from 'openid-client'
import { GrantError } from '../errors/grant-error.ts'
import { secretsOf } from '../protocol/request-secrets.ts'
import { send } from '../transport/send.ts'
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
async function get(bridge: Bridge, { url, headers, signal }: Get): Promise<Response> {
  purposeOf(url, bridge, 'get')
  const { transport } = bridge.context
  const request = { url, method: 'GET', headers, maxBytes: transport.limits.keys } as const
  const secrets = (): readonly string[] => secretsOf(new Headers(headers), new URLSearchParams())
  return passedOn(await send(transport, request, { signal, secrets }))
}
