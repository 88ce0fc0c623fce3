import type { CheckedClient } from '../../definition/check/client.ts'
import { isCertificate } from '../../definition/check/client-authentication.ts'
import type { UnauthenticatedRequest } from '../../definition/client-registration.ts'

/** How a request says who the client is, for an error message: nothing of what it says. */
export function howAuthenticated(
  { headers, body }: Pick<UnauthenticatedRequest, 'headers' | 'body'>,
  { clientSecret, signingKey, authentication }: Pick<CheckedClient, 'clientSecret' | 'signingKey' | 'authentication'>,
): string {
  const [scheme] = headers.get('authorization')?.split(' ') ?? []
  const configured = clientSecret !== undefined || signingKey !== undefined
  const without = configured ? '' : ', and no clientSecret is configured'
  if (scheme === 'Basic') return `the client authenticated with client_secret_basic${without}`
  if (scheme !== undefined) return `the client authenticated with the scheme ${scheme}`
  if (body.has('client_assertion')) return 'the client authenticated with a client_assertion'
  if (body.has('client_secret')) return `the client authenticated with client_secret_post${without}`
  if (isCertificate(authentication))
    return `the client sent its client_id for ${authentication}: is it the certificate of this client that the fetch of the provider presents?`
  return `the client sent its client_id alone${configured ? ', although it has a secret' : without}`
}
