import { checkExtra, reservedInTokenRequest } from '../definition/check/parameters.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import type { RequestValues } from '../wire/form.ts'
import type { BackChannel } from './back-channel.ts'
import { fieldOf } from './oauth-error.ts'
import type { TokenRequest } from './port.ts'
import { isRefreshToken, readTokenResponse, type TokenResponse } from './token-response.ts'

/** How a token request came out. `rescued` is the refresh token of a response that was refused for another reason: where the server rotates, it is the only one that still works. */
export type TokenOutcome =
  | { readonly response: TokenResponse }
  | { readonly error: GrantError; readonly rescued?: string | undefined }

/** Sends a token request (RFC 6749 §3.2) and checks its response. Rejects with whatever is not a `GrantError`. */
export async function requestTokenResponse(
  channel: BackChannel,
  provider: ProviderDefinition,
  request: TokenRequest,
): Promise<TokenOutcome> {
  const { grantType, said, signal } = request
  try {
    const url = tokenEndpointOf(provider, grantType)
    const parameters = parametersOf(provider, request)
    const received = await channel.request({ purpose: grantType, isTokenRequest: true, url, parameters, said, signal })
    try {
      return { response: readTokenResponse(received, received.request) }
    } catch (error) {
      return { error: ownError(error), rescued: rescuedFrom(received.body) }
    }
  } catch (error) {
    return { error: ownError(error) }
  }
}

/** The parameters of a request: the grant's own go before the caller's, and those before the preset's. Throws `config_invalid`. */
function parametersOf(
  provider: ProviderDefinition,
  { grantType, parameters, scope, resource, extra }: TokenRequest,
): RequestValues {
  const given = extra && checkExtra(extra, new Set([...reservedInTokenRequest, ...Object.keys(parameters)]))
  const own = { ...parameters, scope: scope?.join(' '), resource }
  return { grant_type: grantType, ...fixedParameters(provider, grantType), ...given, ...own }
}

/** What every token request of a grant carries, by the definition. */
export function fixedParameters({ parameters, grants }: ProviderDefinition, grantType: string): RequestValues {
  return { ...parameters?.token, ...grants?.[grantType]?.parameters }
}

/** Where the token requests of a grant go. */
export function tokenEndpointOf({ metadata, grants }: ProviderDefinition, grantType: string): URL {
  return new URL(grants?.[grantType]?.endpoint ?? metadata.token_endpoint)
}

function rescuedFrom(body: string): string | undefined {
  const refreshToken = fieldOf(body, 'refresh_token')
  return isRefreshToken(refreshToken) ? refreshToken : undefined
}

function ownError(error: unknown): GrantError {
  if (error instanceof GrantError) return error
  throw error
}
