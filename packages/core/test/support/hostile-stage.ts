import {
  authorizedFetch,
  ClientCredentials,
  GrantError,
  Pkce,
  Provider,
  type ProviderDefinition,
  Refresh,
  Token,
} from '@grantkit/core'
import { testClock } from './clock.ts'
import { findLeaks } from './oracle.ts'
import { client } from './offline-provider.ts'

/** What a definition came to: whether a provider took it, how many tokens it brought, and what must not have happened. */
export interface Outcome {
  readonly constructed: boolean
  readonly tokens: number
  readonly harm: readonly string[]
}

const fields = { access_token: 'abc', token_type: 'bearer', refresh_token: 'def', refresh_token_expires_in: 2e9 }
const whole = { ...fields, expires_in: 3600, scope: ['read'] }
const good = (): Response => Response.json({ ...whole, data: { ...whole, user: { token: 'ghi' } } }, { status: 201 })
const bad = (): Response =>
  Response.json(
    { error: { reason: 'QUOTA', code: 'gone' }, message: 'x' },
    { status: 403, headers: { 'x-reset': '5', 'x-remaining': '0' } },
  )
const form = (): Response => new Response('access_token=abc&token_type=bearer&scope=a,b')
const extra = { instance: 'https://x.acme.example', host: 'eu.acme.example' }
const old = Token.from({ accessToken: 'canary-old', refreshToken: 'canary-older', extra })

/** Runs every grant of a definition that is no more than JSON. Nothing leaves the machine. */
export async function runHostile(definition: ProviderDefinition): Promise<Outcome> {
  const outcomes = await Promise.all([good, bad].map((respond) => runWith(definition, respond)))
  return {
    constructed: outcomes.some(({ constructed }) => constructed),
    tokens: outcomes.reduce((sum, { tokens }) => sum + tokens, 0),
    harm: [...outcomes.flatMap(({ harm }) => harm), ...(await findLeaks())],
  }
}

async function runWith(definition: ProviderDefinition, respond: () => Response): Promise<Outcome> {
  const harm: string[] = []
  let tokens = 0
  const attempt = async <T>(action: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      const value = await action()
      if (value instanceof Token) tokens += 1
      return value
    } catch (error) {
      if (!(error instanceof GrantError)) harm.push(String((error as Error).stack))
      return undefined
    }
  }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const { url } = new Request(input, init)
    if (!/^https:\/\/(?:id|eu|api|x)\.acme\.example\//.test(url)) harm.push(`a request went to ${url}`)
    return url.endsWith('/refresh') && respond === good ? form() : respond()
  }
  const provider = await attempt(() => new Provider(definition, client, { fetch, clock: testClock() }))
  if (!provider) return { constructed: false, tokens, harm }
  const login = provider.grant(Pkce)
  const { url, transaction } = (await attempt(() => login.authorize({ scope: ['read', 'write'] }))) ?? {}
  if (url && url.origin !== 'https://id.acme.example') harm.push(`the user was sent to ${url.origin}`)
  if (transaction)
    for (const code of ['code', 'auth_code']) {
      const callback = { [code]: 'c', state: transaction.state, iss: transaction.issuer ?? '', host: extra.host }
      await attempt(() => login.requestToken(callback, transaction))
    }
  await attempt(() => provider.grant(ClientCredentials).requestToken({ scope: ['read', 'write'] }))
  await attempt(() => provider.grant(Refresh).requestToken(old))
  await attempt(() => provider.revoke(old))
  const api = await attempt(() => authorizedFetch(provider.tokenSource({ token: old })))
  for (const host of ['api.acme.example', 'x.acme.example', 'evil.example'])
    await attempt(() => api?.(`https://${host}/me`))
  return { constructed: true, tokens, harm }
}
