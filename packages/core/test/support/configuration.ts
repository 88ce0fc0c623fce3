import { type ClientRegistration, Provider } from '@grantkit/core'
import { metadata } from './acme.ts'

export const client = { clientId: 'cid', redirectUri: 'https://app.example/callback' }
export const withMetadata = (changes: object) => () =>
  new Provider({ name: 'acme', metadata: { ...metadata, ...changes } }, client)
export const withRedirectUri = (redirectUri: unknown) => () =>
  new Provider({ name: 'acme', metadata }, { clientId: 'cid', redirectUri } as ClientRegistration)
