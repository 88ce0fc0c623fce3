import { certificateOf } from './certificates.ts'
import { ProofRefused } from './dpop.ts'
import { impliedScope } from './scope.ts'
import type { errors, OidcContext, Provider, Token } from 'oidc-provider'
import type { Proofs } from './dpop.ts'

/** What an access token of a grant of ours grants. */
export interface Issue {
  readonly accountId: string
  readonly scope: readonly string[]
  readonly grantType: string
  /** The service that the token is for. */
  readonly audience?: string
}

/** The engine, as a grant of ours needs it. */
export interface Issuer {
  readonly engine: Provider
  readonly library: typeof errors
  readonly proofs: Proofs
}

/** Issues an access token, bound to the client's key or certificate where the request proves one. */
export async function issue(issuer: Issuer, context: OidcContext, wanted: Issue): Promise<Record<string, unknown>> {
  const { engine } = issuer
  const { client } = context.oidc
  const { accountId, grantType: gty, audience } = wanted
  const scope = [...wanted.scope, impliedScope].join(' ')
  const grant = new engine.Grant({ accountId, clientId: client.clientId })
  grant.addOIDCScope(scope)
  const grantId = await grant.save()
  const token = new engine.AccessToken({ client, accountId, grantId, gty, scope })
  if (audience !== undefined) token.setAudience(audience)
  await bind(token, issuer, context)
  return { access_token: await token.save(), token_type: token.tokenType, expires_in: token.expiration, scope }
}

/** RFC 9449 §5 and RFC 8705 §3. */
async function bind(token: Token, { library, proofs }: Issuer, context: OidcContext): Promise<void> {
  const { client } = context.oidc
  const thumbprint = await provenKey(proofs, library, context)
  if (thumbprint !== undefined) token.setThumbprint('jkt', thumbprint)
  else if (client.dpopBoundAccessTokens) throw new library.InvalidGrant('DPoP proof JWT not provided')
  if (!client.tlsClientCertificateBoundAccessTokens) return
  const certificate = certificateOf(context.socket)
  if (certificate === undefined) throw new library.InvalidGrant('mutual TLS client certificate not provided')
  token.setThumbprint('x5t', certificate)
}

async function provenKey(proofs: Proofs, library: typeof errors, context: OidcContext): Promise<string | undefined> {
  const { dpop } = context.headers
  if (typeof dpop !== 'string') return undefined
  const { nonce } = proofs
  if (nonce !== undefined) context.set({ 'dpop-nonce': nonce })
  try {
    return await proofs.thumbprint(dpop, { method: context.method, url: context.href })
  } catch (error) {
    if (!(error instanceof ProofRefused)) throw error
    throw error.error === 'use_dpop_nonce'
      ? new library.UseDpopNonce(error.message)
      : new library.InvalidDpopProof(error.message)
  }
}
