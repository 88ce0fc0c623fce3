import { checkIssuer } from '../definition/check/definition.ts'
import type { ServerMetadata } from '../definition/server-metadata.ts'
import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'
import { withoutPrototypes } from '../token/plain.ts'
import { getJson, type JsonAnswer } from '../transport/get-json.ts'
import { placeOf, type Transport } from '../transport/transport.ts'
import { isObject } from '../wire/json.ts'

/** Statuses after which the document may be somewhere else: servers that guard every unknown address answer 401 or 403. */
const elsewhere: ReadonlySet<number> = new Set([401, 403, 404])

/**
 * Where an issuer publishes its metadata: by RFC 8414 §3.1, and by OpenID Connect Discovery §4. An issuer that ends in a
 * slash may have kept it in the first address.
 */
export function metadataUrls(issuer: string, httpHosts: readonly string[] = []): readonly string[] {
  const { origin, pathname } = checkIssuer(issuer, httpHosts)
  const path = pathname.replace(/\/$/, '')
  const rfc8414 = `${origin}/.well-known/oauth-authorization-server${path}`
  const slash = pathname !== '/' && pathname.endsWith('/') ? [`${rfc8414}/`] : []
  return [rfc8414, ...slash, `${origin}${path}/.well-known/openid-configuration`]
}

/**
 * Fetches the metadata of an issuer: the RFC 8414 document and, only after a 401, 403 or 404, that of OpenID Connect. A
 * document of another issuer is never used (RFC 8414 §3.3). Rejects with `discovery_failed` or `issuer_mismatch`; what
 * else it says is checked by the provider that is made of it.
 */
export async function discoverMetadata(
  transport: Transport,
  issuer: string,
  signal?: AbortSignal,
): Promise<ServerMetadata> {
  if (typeof issuer === 'string' && issuer.includes('/.well-known/'))
    throw new GrantError(
      'config_invalid',
      `${quote(issuer)} is the address of a document: give the issuer, ${quote(issuer.replace(/\/\.well-known\/[^/]*/, ''))}`,
    )
  const { document, url } = await firstDocument(transport, metadataUrls(issuer, transport.httpHosts), signal)
  if (document['issuer'] !== issuer) throw mismatch(document['issuer'], issuer, url)
  return withoutPrototypes(document) as ServerMetadata
}

interface Found {
  readonly document: Record<string, unknown>
  readonly url: string
}

async function firstDocument(
  transport: Transport,
  urls: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Found> {
  const tried: string[] = []
  for (const url of urls) {
    const answer = await getJson(transport, { what: 'metadata', url, maxBytes: transport.limits.metadata, signal })
    tried.push(`${placeOf(url)} (${answer.status})`)
    if (!elsewhere.has(answer.status)) return { document: documentOf(answer, transport.provider, tried), url }
  }
  const message = `${transport.provider} publishes no metadata at ${tried.join(', ')}: write the metadata of its documentation into a definition`
  throw new GrantError('discovery_failed', message, { provider: transport.provider, status: 404 })
}

function documentOf({ status, json }: JsonAnswer, provider: string, tried: readonly string[]): Found['document'] {
  const place = tried.at(-1) ?? ''
  if (status !== 200)
    throw new GrantError('discovery_failed', `the metadata of ${provider} could not be fetched at ${place}`, {
      provider,
      status,
      action: status >= 500 || status === 429 ? 'retry' : 'report',
    })
  if (isObject(json)) return json
  throw new GrantError('discovery_failed', `the metadata of ${provider} at ${place} is not a JSON object`, {
    provider,
    action: 'report',
  })
}

/** Another spelling is another issuer; the usual slip is a slash at the end. */
function mismatch(found: unknown, wanted: string, url: string): GrantError {
  const spelling = typeof found === 'string' && found.replace(/\/$/, '') === wanted.replace(/\/$/, '')
  const hint = spelling ? ': write the issuer as the provider writes it' : ''
  const message = `the metadata at ${placeOf(url)} belongs to the issuer ${quote(found)}, not to ${quote(wanted)}${hint}`
  return new GrantError('issuer_mismatch', message, { action: 'fix_configuration' })
}
