import type { AccessToken, IAuthStrategy } from '@spotify/web-api-ts-sdk'

/** A strategy that is not ours: it has one token. The SDK does not export its own. */
export class ProvidedAccessTokenStrategy implements IAuthStrategy {
  readonly #token: AccessToken

  constructor(accessToken: string) {
    this.#token = { access_token: accessToken, token_type: 'Bearer', expires_in: 3600, refresh_token: '' }
  }

  setConfiguration(): void {
    // it needs nothing of it
  }

  async getOrCreateAccessToken(): Promise<AccessToken> {
    return this.#token
  }

  async getAccessToken(): Promise<AccessToken | null> {
    return this.#token
  }

  removeAccessToken(): void {
    // it keeps its token
  }
}
