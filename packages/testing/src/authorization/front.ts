import { Readable } from 'node:stream'
import { json, send, text } from '../http/response.ts'
import { allowAnyOrigin, answerPreflight, isPreflight } from '../http/cors.ts'
import { readBody, record } from '../http/record.ts'
import { findBearer } from './bearer.ts'
import { certificateOf, thumbprintOf } from './certificates.ts'
import { methodMismatch } from './client-authentication.ts'
import { Interactions } from './interactions.ts'
import { paths } from './paths.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EngineRequest, Provider } from 'oidc-provider'
import type { ApiRequest } from '../dialects/dialect.ts'
import type { RecordedRequest } from '../recorded-request.ts'
import type { Proofs } from './dpop.ts'
import type { Settings } from './settings.ts'

/** Runs before the engine: records each request, and answers those that the engine does not handle. */
export class Front {
  readonly log: RecordedRequest[] = []
  readonly #engine: Provider
  readonly #callback: ReturnType<Provider['callback']>
  readonly #interactions: Interactions
  readonly #settings: Settings
  readonly #proofs: Proofs

  constructor(engine: Provider, settings: Settings, proofs: Proofs) {
    this.#engine = engine
    this.#callback = engine.callback()
    this.#interactions = new Interactions(engine, settings)
    this.#settings = settings
    this.#proofs = proofs
  }

  /** Answers a request to an origin of the server. */
  async answer(request: IncomingMessage, response: ServerResponse, origin: string): Promise<void> {
    if (isPreflight(request)) return answerPreflight(request, response)
    allowAnyOrigin(response)
    const body = await readBody(request)
    const recorded = record(request, body, origin)
    if (!this.#isPage(recorded.path)) this.log.push(recorded)
    return this.#route(replay(request, body), response, recorded)
  }

  async #route(request: EngineRequest, response: ServerResponse, recorded: RecordedRequest): Promise<void> {
    const { dialect, clients } = this.#settings
    if (recorded.path.startsWith('/interaction/'))
      return this.#interactions.answer(request, response, new URLSearchParams(recorded.body))
    if (recorded.path.startsWith(dialect.apiPrefix) && recorded.path !== dialect.paths.token)
      return send(response, await dialect.api(this.#apiRequest(recorded, request.socket)))
    if (!this.#serves(recorded.path)) return send(response, text(404, 'Not found'))
    const mismatch = recorded.path === dialect.paths.token ? methodMismatch(recorded, clients) : undefined
    if (mismatch !== undefined) return send(response, json(dialect.tokenError === undefined ? 401 : 400, mismatch))
    await this.#callback(request, response)
    const nonce = response.getHeader('dpop-nonce')
    if (typeof nonce === 'string') this.#proofs.learn(nonce)
  }

  #apiRequest({ method, path, url, headers }: RecordedRequest, socket: object): ApiRequest {
    const proofs = this.#proofs
    const { dpop } = headers
    return {
      path,
      authorization: headers['authorization'],
      origin: this.#engine.issuer,
      bearer: (value) => findBearer(this.#engine, this.#settings.accounts, value),
      provenKey: async (accessToken) =>
        dpop === undefined ? undefined : proofs.thumbprint(dpop, { method, url, accessToken }),
      nonce: proofs.nonce,
      certificate: thumbprintOf(certificateOf(socket)),
    }
  }

  /** Whether a path is one of the pages that a user visits. */
  #isPage(path: string): boolean {
    const { authorization } = this.#settings.dialect.paths
    const pages = [paths.code_verification, paths.end_session]
    return ['/interaction', authorization, ...pages].some((page) => path.startsWith(`${page}/`)) || pages.includes(path)
  }

  /** Without discovery, only the two endpoints are served; without OpenID Connect, none of its endpoints. */
  #serves(path: string): boolean {
    const { dialect, openid } = this.#settings
    const { authorization, token } = dialect.paths
    if (path === token || path === authorization || path.startsWith(`${authorization}/`)) return true
    return dialect.discovery && (openid || !['/.well-known/openid-configuration', '/jwks', '/userinfo'].includes(path))
  }
}

/** The request with a body that can be read again. */
function replay({ method, url, headers, socket }: IncomingMessage, body: Buffer): EngineRequest {
  return Object.assign(Readable.from(body.length === 0 ? [] : [body]), { method, url, headers, socket })
}
