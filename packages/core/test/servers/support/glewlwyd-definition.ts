import type { DiscoverOptions } from '@grantkit/core'

/** What Glewlwyd does otherwise than the standards say, and its metadata does not tell. */
export const glewlwydDefinition: NonNullable<DiscoverOptions['definition']> = {
  refreshToken: { rotation: 'always' },
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
