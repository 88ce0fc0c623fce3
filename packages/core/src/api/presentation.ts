import type { ApiRules } from '../definition/api-rules.ts'
import { checkOrigin } from '../definition/check/definition.ts'
import { isSecure, parseUrl } from '../definition/check/url.ts'
import { GrantError } from '../errors/grant-error.ts'
import type { Token } from '../token/token.ts'
import { Origins } from './origins.ts'

/** What is known of an API: of its provider's, or of one that was named by its origins alone. */
export interface PresentedApi {
  /** Origins listed by the caller; no others are allowed. */
  readonly listed: readonly string[] | undefined
  /** Origins of the token source. */
  readonly declared: readonly string[]
  readonly rules: ApiRules
  readonly clientId: string
  readonly httpHosts: readonly string[]
}

/** Where a token goes, and in which headers: as the definition of its provider declares, or as RFC 6750 §2.1 has it; a token that is bound to a key as RFC 9449 §7.1 has it. */
export class ApiPresentation {
  readonly #api: PresentedApi
  readonly #origins: Origins
  /** Whether the API's origin may come with the token. */
  readonly #withToken: boolean

  /** Throws `config_invalid` if no origin is allowed to receive the token. */
  constructor(api: PresentedApi) {
    const { listed, declared, rules, httpHosts } = api
    if (listed !== undefined && !Array.isArray(listed))
      throw invalid(`origins has to be an array: write { origins: ['https://api.example'] }`)
    this.#api = api
    this.#withToken = listed === undefined && rules.origin !== undefined
    this.#origins = new Origins((listed ?? declared).map((origin) => checkOrigin(origin, httpHosts)))
    if (this.#origins.isEmpty && !this.#withToken)
      throw invalid(`nothing says where this token may go: write { origins: ['https://api.example'] }`)
  }

  /** Refuses a request before a token is requested for it. Throws `origin_not_allowed`, or `config_invalid` for a request with its own credentials. */
  check({ origin }: URL, headers: Headers): void {
    if (!this.#withToken && !this.#origins.has(origin)) throw notAllowed(origin, this.#origins)
    if (headers.has('authorization'))
      throw invalid('the request has an Authorization header of its own: leave it out, or use plain fetch')
  }

  /** The origins that a token may be sent to. Throws `origin_not_allowed` where the one that is wanted is not among them. */
  originsFor(token: Token, wanted: string): Origins {
    const origins = this.#origins.with(this.#originOf(token))
    if (origins.has(wanted)) return origins
    throw notAllowed(wanted, origins)
  }

  /** The headers of a request with the token among them; never in the URL. The caller's own headers take precedence over those of the provider, but not over the token. */
  headers(own: HeadersInit | undefined, token: Token): Headers {
    const { rules, clientId } = this.#api
    const isBound = token.tokenType === 'DPoP'
    if (token.tokenType !== 'Bearer' && !isBound)
      throw new GrantError(
        'token_type_unsupported',
        `a token of type ${token.tokenType} cannot be presented in a header alone`,
      )
    const headers = new Headers(own)
    for (const [name, value] of Object.entries(rules.headers ?? {}))
      if (!headers.has(name)) headers.set(name, value.replaceAll('{client_id}', clientId))
    const rule = isBound ? {} : (rules.token ?? {})
    const { header = 'authorization', scheme = rule.header === undefined ? token.tokenType : '' } = rule
    headers.set(header, scheme === '' ? token.accessToken : `${scheme} ${token.accessToken}`)
    return headers
  }

  /** The origin that came with the token, if the definition allows its host. */
  #originOf(token: Token): readonly string[] {
    const { rules, httpHosts } = this.#api
    const { member, domains = [] } = (this.#withToken ? rules.origin : undefined) ?? {}
    const url = member === undefined ? undefined : parseUrl(token.extra[member])
    const known = url && isSecure(url, httpHosts) && domains.some((domain) => `.${url.hostname}`.endsWith(`.${domain}`))
    return known ? [url.origin] : []
  }
}

function notAllowed(origin: string, origins: Origins): GrantError {
  return new GrantError(
    'origin_not_allowed',
    `the token is not sent to ${origin}: it is for ${String(origins)}; list an origin in { origins } if it is the API's, too`,
  )
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
