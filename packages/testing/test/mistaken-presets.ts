import type { RedirectUriRules } from '@grantkit/core'
import { acme } from './sound-presets.ts'

const metadata = (changes: object): object => ({ metadata: { ...acme.metadata, ...changes } })

/** Rules that the library would not follow: what a preset says of redirect URIs, and what is done. */
export const unheeded: readonly (readonly [check: string, said: RedirectUriRules, done: RedirectUriRules])[] = [
  ['http on a loopback literal is taken, unless its rules refuse it in favour of https', { loopback: 'refused' }, {}],
  ['http on a loopback literal is taken, unless its rules refuse it in favour of https', {}, { loopback: 'refused' }],
  ['localhost is taken, unless its rules refuse it in favour of a literal', { localhost: 'refused' }, {}],
  ['localhost is taken, unless its rules refuse it in favour of a literal', { loopback: 'refused' }, {}],
  ['localhost is taken, unless its rules refuse it in favour of a literal', {}, { localhost: 'refused' }],
  [
    'a custom scheme is taken, unless its rules refuse or discourage it in favour of https',
    { customScheme: 'refused' },
    {},
  ],
  [
    'a custom scheme is taken, unless its rules refuse or discourage it in favour of https',
    { customScheme: 'discouraged' },
    {},
  ],
  [
    'a custom scheme is taken, unless its rules refuse or discourage it in favour of https',
    {},
    { customScheme: 'discouraged' },
  ],
]

const revocable = metadata({ revocation_endpoint: 'https://id.acme.example/revoke' })

/** What a preset can be wrong about: the check that has to see it, what the preset says, and what its provider does. */
export const mistaken: readonly (readonly [check: string, said: object, done: object])[] = [
  [
    'a token has the scopes that were granted, not those that were asked for',
    {},
    { tokenResponse: { scopeArray: true } },
  ],
  ['a user of an app without a secret logs in', {}, { clientAuthentication: { withoutSecret: 'client_secret_basic' } }],
  ['a user who refuses is refused', {}, { callback: { renamed: { error: 'reason' } } }],
  [
    'with openid in the scope, the ID token says who the user is',
    {},
    metadata({ issuer: 'https://id.other.example', authorization_response_iss_parameter_supported: false }),
  ],
  ['a refresh token that is dead asks for another login', {}, { tokenResponse: { error: { code: 'message' } } }],
  ['a token is revoked', revocable, { ...revocable, revocation: { statuses: [204] } }],
  ['each deviation that it declares is used, and each use is an event', { tokenResponse: { envelope: 'data' } }, {}],
]
