// The package brings no types: only what is used here.
declare module 'simple-oauth2' {
  interface Options {
    readonly client: { readonly id: string; readonly secret: string }
    readonly auth: {
      readonly tokenHost: string
      readonly tokenPath: string
      readonly authorizeHost?: string
      readonly authorizePath?: string
    }
  }

  class AccessToken {
    readonly token: Readonly<Record<string, unknown>>
    refresh(): Promise<AccessToken>
  }

  export class AuthorizationCode {
    constructor(options: Options)
    authorizeURL(parameters: Readonly<Record<string, unknown>>): string
    getToken(parameters: Readonly<Record<string, string>>): Promise<AccessToken>
    createToken(answer: object): AccessToken
  }

  export class ClientCredentials {
    constructor(options: Options)
    getToken(parameters: Readonly<Record<string, unknown>>): Promise<AccessToken>
  }
}
