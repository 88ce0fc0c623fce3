import type { RedirectUriRules } from '@grantkit/core'
import { acme } from './sound-presets.ts'

const metadata = (changes: object): object => ({ metadata: { ...acme.metadata, ...changes } })

/** Redirect URI rules that the library does not apply: the rules in the preset, and those in effect. */
export const unheeded: readonly (readonly [check: string, said: RedirectUriRules, done: RedirectUriRules])[] = [
  ['http on a loopback literal is accepted, unless its rules require https', { loopback: 'refused' }, {}],
  ['http on a loopback literal is accepted, unless its rules require https', {}, { loopback: 'refused' }],
  ['localhost is accepted, unless its rules require a loopback literal', { localhost: 'refused' }, {}],
  ['localhost is accepted, unless its rules require a loopback literal', { loopback: 'refused' }, {}],
  ['localhost is accepted, unless its rules require a loopback literal', {}, { localhost: 'refused' }],
  [
    'a custom scheme is accepted, unless its rules refuse or discourage it in favour of https',
    { customScheme: 'refused' },
    {},
  ],
  [
    'a custom scheme is accepted, unless its rules refuse or discourage it in favour of https',
    { customScheme: 'discouraged' },
    {},
  ],
  [
    'a custom scheme is accepted, unless its rules refuse or discourage it in favour of https',
    {},
    { customScheme: 'discouraged' },
  ],
]

const revocable = metadata({ revocation_endpoint: 'https://id.acme.example/revoke' })

/** Mistaken presets: the check that has to fail, the declared deviations, and the actual ones. */
export const mistaken: readonly (readonly [check: string, said: object, done: object])[] = [
  [
    'a token has the scopes that were granted, not those that were requested',
    {},
    { tokenResponse: { scopeArray: true } },
  ],
  [
    'a user of a client without a secret logs in',
    {},
    { clientAuthentication: { withoutSecret: 'client_secret_basic' } },
  ],
  ['a login that the user denies fails', {}, { callback: { renamed: { error: 'reason' } } }],
  [
    'with openid in the scope, the ID token says who the user is',
    {},
    metadata({ issuer: 'https://id.other.example', authorization_response_iss_parameter_supported: false }),
  ],
  ['an expired refresh token requires another login', {}, { tokenResponse: { error: { code: 'message' } } }],
  ['a token is revoked', revocable, { ...revocable, revocation: { statuses: [204] } }],
  ['each deviation that it declares is used, and each use is an event', { tokenResponse: { envelope: 'data' } }, {}],
]
