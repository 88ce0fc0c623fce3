import { pkceChallenge, type ProviderDefinition, type Transaction } from '@grantkit/core'

/** The exact parameters of an authorization URL: those of the endpoint, the preset and the protocol, as the preset writes them. */
export async function expectedParameters(
  { metadata, parameters, authorizationRequest = {}, scopeSeparator = ' ' }: ProviderDefinition,
  clientId: string,
  { state, redirectUri, codeVerifier, scope }: Transaction,
): Promise<readonly (readonly string[])[]> {
  const { renamed = {}, omitted = [], codeChallenge } = authorizationRequest
  const standard = {
    ...parameters?.authorization,
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    ...(scope.length > 0 && { scope: scope.join(scopeSeparator) }),
    ...(codeVerifier !== undefined && (await proof(codeVerifier, codeChallenge))),
  }
  const own = new URL(metadata.authorization_endpoint ?? '').searchParams
  return [
    ...own,
    ...Object.entries(standard)
      .filter(([name]) => !omitted.includes(name))
      .map(([name, value]) => [renamed[name] ?? name, value]),
  ]
}

async function proof(verifier: string, encoding: 'hex' | undefined): Promise<Record<string, string>> {
  const challenge = await pkceChallenge(verifier)
  return {
    code_challenge: encoding === 'hex' ? Buffer.from(challenge, 'base64url').toString('hex') : challenge,
    code_challenge_method: 'S256',
  }
}
