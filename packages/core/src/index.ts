/**
 * Provider-agnostic OAuth 2 grants: configure a provider, run a grant, get a `Token`, call an API.
 *
 * @packageDocumentation
 */
export { Provider } from './provider/provider.ts'
export type { GrantAt, HasEndpoint } from './provider/has-endpoint.ts'
export type { DiscoveredDefinition, DiscoverOptions } from './provider/discover.ts'
export type { ProviderOptions, SecurityProfile } from './provider/options.ts'

export { AuthorizationCode, type CheckedCode } from './grants/authorization-code.ts'
export type { AuthorizationOptions } from './grants/authorization-options.ts'
export type { RequestedScope } from './grants/requested-scope.ts'
export type { AuthorizationRequest } from './grants/authorization-request.ts'
export {
  BackchannelAuthentication,
  type BackchannelAuthenticationRequest,
  type BackchannelTransaction,
} from './grants/backchannel-authentication.ts'
export type { BackchannelAuthenticationOptions } from './grants/backchannel-request.ts'
export type { Callback, IncomingRequest, ParsedParameters } from './grants/callback-parameters.ts'
export { ClientCredentials } from './grants/client-credentials.ts'
export {
  DeviceAuthorization,
  type DeviceAuthorizationOptions,
  type DeviceAuthorizationRequest,
  type DeviceTransaction,
} from './grants/device-authorization.ts'
export { Grant, type GrantOptions } from './grants/grant.ts'
export { JwtBearer } from './grants/jwt-bearer.ts'
export type { PendingTransaction } from './grants/pending-transaction.ts'
export type { ParsedPing, PingRequest } from './grants/ping.ts'
export { Pkce, type PkceOptions } from './grants/pkce.ts'
export { generatePkce, pkceChallenge, type PkceProof } from './grants/pkce-proof.ts'
export type { PendingOptions } from './grants/polling.ts'
export { generateState, generateVerifier } from './grants/random.ts'
export { Refresh } from './grants/refresh.ts'
export type { RequestedResponse, ResponseMode } from './grants/response-mode.ts'
export { Saml2Bearer } from './grants/saml2-bearer.ts'
export {
  type ActorToken,
  type SubjectToken,
  TokenExchange,
  type TokenExchangeInput,
  type TokenType,
} from './grants/token-exchange.ts'
export type { Transaction } from './grants/transaction.ts'
export { withoutCallback } from './grants/without-callback.ts'

export { memoryStore } from './refresh/memory-store.ts'
export type {
  AskableGrant,
  FreshnessOptions,
  GrantSource,
  NoStorage,
  RefreshTokenSource,
  RequestSource,
  StorageOptions,
  StoredSource,
  TokenAlone,
  TokenSourceOptions,
} from './refresh/source-options.ts'
export type { SourceApi } from './refresh/source-api.ts'
export type { ClearOptions, TokenOptions, TokenSource } from './refresh/token-source.ts'
export type { StoredValue, StoreWrite, TokenStore } from './refresh/token-store.ts'
export type { RetryOptions, RetryPolicy, RetryQuestion } from './api/retry.ts'
export { authorizedFetch, type AuthorizedFetchOptions } from './api/authorized-fetch.ts'

export { Token } from './token/token.ts'
export type { AddressClaim, IdTokenClaims, UserClaims } from './token/id-token-claims.ts'
export type { AuthorizationDetail } from './token/authorization-detail.ts'
export type { TokenFields } from './token/token-fields.ts'
export {
  GrantError,
  type GrantErrorAction,
  type GrantErrorCode,
  type GrantErrorOptions,
  type OAuthError,
  type RequiredAuthorization,
  type RequiredScope,
} from './errors/grant-error.ts'

export type {
  ClientAuthentication,
  ClientDecryptionKey,
  ClientRegistration,
  ClientSigningKey,
  PrivateJwk,
  PrivateKey,
  UnauthenticatedRequest,
} from './definition/client-registration.ts'
export { clientFromEnvironment, type Environment } from './definition/client-from-environment.ts'
export { fillVariables } from './definition/fill-variables.ts'
export { parseDefinition } from './definition/check/parse-definition.ts'
export type { ApiErrorCode, ApiErrorHint } from './definition/api-errors.ts'
export type { ApiRules, RateLimitRules } from './definition/api-rules.ts'
export type {
  ClientAuthenticationMethod,
  ClientAuthenticationRules,
  SecretJwtRules,
} from './definition/client-authentication-rules.ts'
export type { HookedCallback, HookedFields, HookedRequest, HookedResponse, ProviderHooks } from './definition/hooks.ts'
export type {
  FactSource,
  IdTokenDeviations,
  ProviderDefinition,
  RedirectUriRules,
  RefreshTokenFacts,
  RequestParameters,
  ScopeDescription,
  UnverifiedFact,
} from './definition/provider-definition.ts'
export type {
  AuthorizationRequestDeviations,
  CallbackDeviations,
  GrantDeviations,
  RevocationDeviations,
  TokenRequestDeviations,
} from './definition/request-deviations.ts'
export type {
  ErrorDeviations,
  LifetimeFormat,
  TokenResponseField,
  TokenResponseDeviations,
} from './definition/response-deviations.ts'
export type { PlatformKey } from './definition/platform-key.ts'
export type { DefinitionVariable } from './definition/variables.ts'
export type { EndpointName, ListedEndpoints, ServerMetadata } from './definition/server-metadata.ts'
export type { GrantEvent, GrantEventType, OnEvent } from './protocol/events.ts'
export type { ActiveToken, InactiveToken, Introspection } from './protocol/introspection-response.ts'
export type { IntrospectionOptions } from './protocol/introspection.ts'
export type { LogoutTokenClaims, LogoutTokenOptions } from './protocol/openid/logout-token.ts'
export type { LogoutUrlOptions } from './protocol/end-session.ts'
export type { RevokeOptions } from './protocol/revocation.ts'
export type { UserinfoOptions } from './protocol/userinfo.ts'
export type { DpopKeyPair, ProofOfPossession, ProvenRequest } from './protocol/proof-of-possession.ts'
export type { RequestValues } from './wire/form.ts'
export type {
  AuthorizationDelivery,
  AssertionClaims,
  Exchange,
  ExpectedIdToken,
  GrantClient,
  GrantPort,
  TokenRequest,
} from './protocol/port.ts'
export type { Clock } from './transport/clock.ts'
export type { ResponseLimits } from './transport/transport.ts'
