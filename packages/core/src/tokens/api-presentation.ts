import { apiOriginsOf, presentToken } from '../definition/api-presentation.ts'
import { checkOrigin } from '../definition/check-definition.ts'
import type { ProviderDefinition } from '../definition/provider-definition.ts'
import { GrantError } from '../errors/grant-error.ts'
import type { Token } from '../token/token.ts'

/** A page cannot see where a redirect goes. Its browser takes `Authorization` off before it follows one to another origin (Fetch Standard §4.4). */
const seesRedirects = !('document' in globalThis)

/** Where a token goes, and in which headers: as the definition of its provider declares, or as RFC 6750 §2.1 has it. */
export class ApiPresentation {
  /** How a request is sent that would follow redirects: what holds the token in another header must not follow one unseen. */
  readonly redirect: RequestRedirect
  readonly #definition: Pick<ProviderDefinition, 'apiOrigins' | 'api'>
  readonly #clientId: string
  readonly #origins: ReadonlySet<string>
  /** Whether the API's origin may come with the token. */
  readonly #withToken: boolean
  readonly #plain: boolean

  /** Throws `config_invalid` where nothing says where the token may go. */
  constructor(
    definition: Pick<ProviderDefinition, 'apiOrigins' | 'api'>,
    clientId: string,
    listed: readonly string[] | undefined,
    declared: readonly string[],
  ) {
    const { api } = definition
    this.#definition = definition
    this.#clientId = clientId
    this.#withToken = listed === undefined && api?.origin !== undefined
    this.#origins = new Set([listed ?? declared].flat().map(checkOrigin))
    this.#plain = api?.token === undefined && api?.headers === undefined
    this.redirect = seesRedirects ? 'manual' : api?.token?.header === undefined ? 'follow' : 'error'
    if (this.#origins.size === 0 && !this.#withToken)
      throw new GrantError(
        'config_invalid',
        `nothing says where this token may go: write { origins: ['https://api.example'] }`,
      )
  }

  /** Refuses an origin for which no token has to be asked for. Throws `origin_not_allowed`. */
  checkBefore(origin: string): void {
    if (!this.#withToken && !this.#origins.has(origin)) throw notAllowed(origin, this.#origins)
  }

  /** The origins that a token may be sent to. Throws `origin_not_allowed` where the one that is wanted is not among them. */
  originsFor(token: Token, wanted: string): ReadonlySet<string> {
    if (!this.#withToken) return this.#origins
    const origins = new Set([...this.#origins, ...apiOriginsOf(this.#definition, token)])
    if (origins.has(wanted)) return origins
    throw notAllowed(wanted, origins)
  }

  /** The headers of a request with the token among them. A header of the caller's own goes before what the provider wants in every request, but not before the token. */
  headers(own: HeadersInit | undefined, token: Token): HeadersInit {
    if (token.tokenType !== 'Bearer')
      throw new GrantError(
        'token_type_unsupported',
        `a token of type ${token.tokenType} cannot be presented in a header alone`,
      )
    if (this.#plain && own === undefined) return { authorization: `Bearer ${token.accessToken}` }
    const headers = new Headers(own)
    if (headers.has('authorization'))
      throw new GrantError(
        'config_invalid',
        'the request has an Authorization header of its own: leave it out, or use plain fetch',
      )
    const { headers: presented } = presentToken(this.#definition, token, this.#clientId)
    const carrier = (this.#definition.api?.token?.header ?? 'authorization').toLowerCase()
    for (const [name, value] of Object.entries(presented))
      if (name === carrier || !headers.has(name)) headers.set(name, value)
    return headers
  }
}

function notAllowed(origin: string, origins: ReadonlySet<string>): GrantError {
  const allowed = origins.size > 0 ? [...origins].join(', ') : 'none that is known'
  return new GrantError('origin_not_allowed', `the token does not go to ${origin}: it is for ${allowed}`)
}
