import {
  type ClientRegistration,
  Grant,
  Provider,
  type ProviderDefinition,
  type ProviderOptions,
  type Token,
} from '@grantkit/core'
import { metadata } from './acme.ts'

/** The metadata of a server that has what FAPI 2.0 asks for. */
export const fapiMetadata = {
  ...metadata,
  jwks_uri: 'https://id.acme.example/jwks',
  pushed_authorization_request_endpoint: 'https://id.acme.example/par',
  id_token_signing_alg_values_supported: ['PS256', 'RS256', 'ES256'],
}

/** A client with a certificate. */
export const certified: ClientRegistration = {
  clientId: 'cid',
  redirectUri: 'https://app.example/callback',
  authentication: 'tls_client_auth',
}

/** A provider under FAPI 2.0; what is given wins over what is right. */
export function fapiProvider(
  definition: Partial<ProviderDefinition> = {},
  client: Partial<ClientRegistration> = {},
  options: ProviderOptions = {},
): Provider {
  return new Provider(
    { name: 'acme', ...definition, metadata: { ...fapiMetadata, ...definition.metadata } },
    { ...certified, ...client },
    { profile: 'fapi-2.0', ...options },
  )
}

/** Sees what a grant sees of its provider. */
export class Seen extends Grant {
  static readonly grantType = 'urn:example:seen'
  get provider(): ProviderDefinition {
    return this.port.provider
  }
  requestToken(): Promise<Token> {
    return this.tokenRequest({})
  }
}
