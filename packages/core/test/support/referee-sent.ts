import { Provider, type ProviderOptions } from '@grantkit/core'
import { Configuration, customFetch } from 'openid-client'
import { type Received, respond } from './referee.ts'
import { metadata } from './referee-endpoints.ts'
import { clientSecret, goodToken, publicClient, watched } from './scene.ts'

/** A request as a fetch was given it. */
export interface Sent {
  readonly headers: Headers
  readonly form: URLSearchParams
}

/** A fetch that notes down what was sent; the last response repeats. */
export function recorder(...replies: readonly Received[]) {
  const sent: Sent[] = []
  const fetch: typeof globalThis.fetch = async (_, init) => {
    const form = new URLSearchParams(typeof init?.body === 'string' ? init.body : String(init?.body ?? ''))
    sent.push({ headers: new Headers(init?.headers), form })
    return respond(replies[Math.min(sent.length, replies.length) - 1] ?? reply(200, goodToken))
  }
  return { sent, fetch }
}

/** A response in JSON. */
export const reply = (status: number, body: object, headers: Readonly<Record<string, string>> = {}): Received => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

/** A provider that sends by this fetch. */
export function providerWith(
  fetch: typeof globalThis.fetch,
  options: ProviderOptions = {},
  client: object = { clientSecret },
) {
  return new Provider(
    { name: 'acme', metadata },
    { ...publicClient, ...client },
    { fetch, onEvent: watched(), ...options },
  )
}

/** openid-client on its own, with the same server, client and fetch. */
export function configurationWith(
  fetch: typeof globalThis.fetch,
  ...authentication: readonly unknown[]
): Configuration {
  const [method = clientSecret] = authentication
  const configuration = new Configuration(
    metadata,
    'cid',
    ...(method === clientSecret ? [clientSecret] : [undefined, method as never]),
  )
  configuration[customFetch] = fetch as never
  return configuration
}
