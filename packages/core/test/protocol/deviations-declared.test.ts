import type { ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { declaresDeviations } from '../../src/protocol/declares-deviations.ts'
import { metadata } from '../support/acme.ts'

const standard: ProviderDefinition = { name: 'acme', metadata }

describe('a definition', () => {
  test.each<[string, Partial<ProviderDefinition>]>([
    ['a separator of scopes', { scopeSeparator: ',' }],
    ['another authorization request', { authorizationRequest: { renamed: { client_id: 'app_id' } } }],
    ['another callback', { callback: { kept: ['shop'] } }],
    ['another token request', { tokenRequest: { encoding: 'json' } }],
    ['a grant of another kind', { grants: { refresh_token: { method: 'GET' } } }],
    ['another token response', { tokenResponse: { tokenType: 'Bearer' } }],
    ['another revocation', { revocation: { tokens: 'either' } }],
    ['code of its own', { hooks: {} }],
  ])('with %s deviates from the standards', (_, members) => {
    expect(declaresDeviations({ ...standard, ...members })).toBe(true)
  })

  test.each<[string, Partial<ProviderDefinition>]>([
    ['nothing but its metadata', {}],
    ['rules that the standards leave open', { pkce: 'required', redirectUri: { localhost: 'refused' } }],
    ['lifetimes of its refresh tokens', { refreshToken: { idleLifetime: 3600 } }],
    ['members that are undefined', { hooks: undefined, callback: undefined } as never],
  ])('with %s does not', (_, members) => {
    expect(declaresDeviations({ ...standard, ...members })).toBe(false)
  })
})
