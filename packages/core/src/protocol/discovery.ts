import { checkIssuer } from '../definition/check-definition.ts'
import type { ServerMetadata } from '../definition/server-metadata.ts'
import { GrantError } from '../errors/grant-error.ts'
import { withoutPrototypes } from '../token/plain.ts'
import { getJson, type JsonAnswer } from '../transport/get-json.ts'
import type { Transport } from '../transport/transport.ts'

/** Where an issuer publishes its metadata: by RFC 8414 §3.1, and by OpenID Connect Discovery §4. */
export function metadataUrls(issuer: string): readonly [rfc8414: string, openid: string] {
  const { origin, pathname } = checkIssuer(issuer)
  const path = pathname.replace(/\/$/, '')
  return [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
}

/**
 * Fetches the metadata of an issuer: the RFC 8414 document and, only after a 404, that of OpenID Connect. A document of
 * another issuer is never used (RFC 8414 §3.3). Rejects with `discovery_failed` or `issuer_mismatch`; what else it says
 * is checked by the provider that is made of it.
 */
export async function discoverMetadata(
  transport: Transport,
  issuer: string,
  signal?: AbortSignal,
): Promise<ServerMetadata> {
  const [rfc8414, openid] = metadataUrls(issuer)
  const first = await getJson(transport, 'metadata', rfc8414, transport.limits.metadata, signal)
  const answer =
    first.status === 404 ? await getJson(transport, 'metadata', openid, transport.limits.metadata, signal) : first
  const document = documentOf(answer, issuer)
  if (document['issuer'] !== issuer) throw mismatch(document['issuer'], issuer)
  return withoutPrototypes(document) as ServerMetadata
}

function documentOf({ status, json }: JsonAnswer, issuer: string): Record<string, unknown> {
  if (status === 404)
    throw new GrantError(
      'discovery_failed',
      `"${issuer}" publishes no metadata (404): write the metadata of its documentation into a definition`,
      { status },
    )
  if (status !== 200)
    throw new GrantError('discovery_failed', `the metadata of "${issuer}" could not be fetched (status ${status})`, {
      status,
      action: status >= 500 || status === 429 ? 'retry' : 'report',
    })
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return json as Record<string, unknown>
  throw new GrantError('discovery_failed', `the metadata of "${issuer}" is no JSON object`, { action: 'report' })
}

/** Another spelling is another issuer; the usual slip is a slash at the end. */
function mismatch(found: unknown, wanted: string): GrantError {
  const spelling = typeof found === 'string' && found.replace(/\/$/, '') === wanted.replace(/\/$/, '')
  const hint = spelling ? `: the provider writes it "${found}"` : ''
  return new GrantError('issuer_mismatch', `the metadata at "${wanted}" belongs to another issuer${hint}`, {
    action: 'fix_configuration',
  })
}
