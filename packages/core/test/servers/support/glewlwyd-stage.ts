import {
  type ClientRegistration,
  Pkce,
  Provider,
  type ProviderDefinition,
  type ProviderOptions,
  type Token,
} from '@grantkit/core'
import { afterAll, beforeAll, expect } from 'vitest'
import { clientSecret, redirectUri, watched } from '../../support/scene.ts'
import { glewlwydDefinition } from './glewlwyd-definition.ts'
import { type Glewlwyd, startGlewlwyd } from './glewlwyd.ts'

/** The confidential client. */
export const web = { clientId: 'web', clientSecret, redirectUri }
/** The public client. */
export const native = { clientId: 'native', redirectUri }

/** What a test adds to what every provider of the stage has. */
export interface More extends ProviderOptions {
  readonly client?: ClientRegistration
  readonly definition?: Partial<ProviderDefinition>
}

/** A Glewlwyd with one issuer and two clients, for the tests of a file. */
export class GlewlwydStage {
  server!: Glewlwyd
  issuer!: string

  /** Starts the server before the tests and stops it after them; the parameters are those of its OpenID Connect plugin. */
  constructor(parameters: object = {}, clientFields: object = {}) {
    beforeAll(async () => {
      this.server = await startGlewlwyd()
      this.issuer = await this.server.addIssuer('oidc', parameters)
      await this.addClient('web', { client_secret: clientSecret, scope: ['read'], ...clientFields })
      const publicFields = { confidential: false, token_endpoint_auth_method: ['none'] }
      await this.addClient('native', { ...publicFields, authorization_type: ['code', 'refresh_token'] })
    })
    afterAll(() => this.server.stop())
  }

  /** Registers a client. */
  addClient(client_id: string, fields: object): Promise<void> {
    return this.server.addClient({
      client_id,
      confidential: true,
      redirect_uri: [redirectUri],
      authorization_type: ['code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_method: ['client_secret_basic', 'client_secret_post'],
      ...fields,
    })
  }

  /** A provider of what the issuer publishes. */
  discover({ client = web, definition, onEvent, ...options }: More = {}): Promise<Provider> {
    const all = { ...glewlwydDefinition, ...definition }
    return Provider.discover(this.issuer, client, { ...options, definition: all, onEvent: watched(onEvent) })
  }

  /** The user follows an authorization URL to its end: logs in, consents, and is sent back. */
  async visit(url: URL, clientId = 'web', scope = 'openid read'): Promise<string> {
    const session = await this.server.logIn(clientId, scope)
    const { location } = await session.visit(`${url.href}&g_continue`)
    return location ?? expect.fail('no redirect')
  }

  /** Logs in for the scopes `openid` and `read`. */
  async logIn(provider: Provider, clientId = 'web'): Promise<Token> {
    const login = provider.grant(Pkce)
    const { url, transaction } = await login.authorize({ scope: ['openid', 'read'] })
    return login.requestToken(await this.visit(url, clientId), transaction)
  }
}
