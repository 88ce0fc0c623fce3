import type { DiscoverOptions } from '@grantkit/core'

/** What Glewlwyd does otherwise than the standards say, and its metadata does not tell. */
export const glewlwydDefinition: NonNullable<DiscoverOptions['definition']> = {
  refreshToken: { rotation: 'always' },
  clientAuthentication: { audience: 'endpoint' },
  // these errors are only a status, which means different things for different grants
  grants: {
    refresh_token: { errors: { '400': 'invalid_grant', '401': 'invalid_client' } },
    client_credentials: { errors: { '403': 'invalid_client' } },
  },
  tokenResponse: {
    error: {
      codes: {
        invalid_code: 'invalid_grant',
        scope_invalid: 'invalid_scope',
        authorization_type_invalid: 'unauthorized_client',
      },
    },
  },
}
