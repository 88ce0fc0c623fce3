import { checkIssuer } from '../definition/check/definition.ts'
import type { ServerMetadata } from '../definition/server-metadata.ts'
import { GrantError } from '../errors/grant-error.ts'
import { quoteUrl } from '../errors/quote.ts'
import { withoutPrototypes } from '../token/plain.ts'
import { getJson, type JsonResponse } from '../transport/get-json.ts'
import { placeOf } from '../transport/place.ts'
import type { Transport } from '../transport/transport.ts'
import { isObject } from '../wire/json.ts'
import { actionAfter } from './oauth-error.ts'

/** Statuses after which the document may be somewhere else: servers that guard every unknown address respond with 401 or 403. */
const elsewhere: ReadonlySet<number> = new Set([401, 403, 404])

/**
 * Where an issuer may publish its metadata, in the order in which it is asked: by RFC 8414 §3.1, then by OpenID Connect
 * Discovery §4. Some servers have kept the slash at the end of their issuer, others know their document with a slash only.
 */
export function metadataUrls(issuer: string, httpHosts: readonly string[] = []): readonly string[] {
  const { origin, pathname } = checkIssuer(issuer, httpHosts)
  const path = pathname.replace(/\/$/, '')
  const rfc8414 = `${origin}/.well-known/oauth-authorization-server${path}`
  const slash = pathname !== '/' && pathname.endsWith('/') ? [`${rfc8414}/`] : []
  const openid = `${origin}${path}/.well-known/openid-configuration`
  return [rfc8414, ...slash, openid, `${openid}/`]
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
  const urls = metadataUrls(issuer, transport.httpHosts)
  if (issuer.includes('/.well-known/')) {
    const wanted = issuer.replace(/\/\.well-known\/[^/]*/, '')
    throw new GrantError(
      'config_invalid',
      `${quoteUrl(issuer)} is the address of a document: pass the issuer, ${quoteUrl(wanted)}`,
    )
  }
  const { document, url } = await firstDocument(transport, urls, signal)
  if (document['issuer'] !== issuer) throw mismatch(document['issuer'], { issuer, url, provider: transport.provider })
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
  let status = 404
  for (const url of urls) {
    const response = await getJson(transport, { what: 'metadata', url, maxBytes: transport.limits.metadata, signal })
    ;({ status } = response)
    tried.push(`${placeOf(url)} (${status})`)
    if (!elsewhere.has(status)) return { document: documentOf(response, transport.provider, tried), url }
  }
  const { provider } = transport
  const message = `${provider} publishes no metadata at ${tried.join(', ')}: write the metadata of its documentation into a definition`
  throw new GrantError('discovery_failed', message, { provider, status })
}

function documentOf(
  { status, json, type }: JsonResponse,
  provider: string,
  tried: readonly string[],
): Found['document'] {
  if (status !== 200)
    throw new GrantError('discovery_failed', `the metadata of ${provider} could not be fetched at ${tried.at(-1)}`, {
      provider,
      status,
      action: actionAfter(status),
    })
  if (isObject(json)) return json
  throw new GrantError(
    'discovery_failed',
    `the metadata of ${provider} at ${tried.at(-1)} is not a JSON object (${type})`,
    {
      provider,
      action: 'report',
    },
  )
}

/** Another spelling is another issuer; the usual slip is a slash at the end. */
function mismatch(
  found: unknown,
  { issuer, url, provider }: { readonly issuer: string; readonly url: string; readonly provider: string },
): GrantError {
  const spelling = typeof found === 'string' && found.replace(/\/$/, '') === issuer.replace(/\/$/, '')
  const hint = spelling ? ': write the issuer as the provider writes it' : ''
  const whose = found === undefined ? 'has no issuer' : `belongs to the issuer ${quoteUrl(found)}`
  const message = `the metadata at ${placeOf(url)} ${whose}, where ${quoteUrl(issuer)} is expected${hint}`
  return new GrantError('issuer_mismatch', message, { provider })
}
