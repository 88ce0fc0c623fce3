import { Readable } from 'node:stream'
import { json, send, text } from '../http/response.ts'
import { allowAnyOrigin, answerPreflight, isPreflight } from '../http/cors.ts'
import { readBody, record } from '../http/record.ts'
import { findBearer } from './bearer.ts'
import { methodMismatch } from './client-authentication.ts'
import { Interactions } from './interactions.ts'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EngineRequest, Provider } from 'oidc-provider'
import type { RecordedRequest } from '../recorded-request.ts'
import type { Settings } from './settings.ts'

/** Runs before the engine: records each request, and answers those that the engine does not handle. */
export class Front {
  readonly log: RecordedRequest[] = []
  readonly #engine: Provider
  readonly #callback: ReturnType<Provider['callback']>
  readonly #interactions: Interactions
  readonly #settings: Settings
  readonly #origin: string

  constructor(engine: Provider, settings: Settings, origin: string) {
    this.#engine = engine
    this.#callback = engine.callback()
    this.#interactions = new Interactions(engine, settings)
    this.#settings = settings
    this.#origin = origin
  }

  /** Answers a request. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isPreflight(request)) return answerPreflight(request, response)
    allowAnyOrigin(response)
    const body = await readBody(request)
    const recorded = record(request, body, this.#origin)
    const { authorization } = this.#settings.dialect.paths
    const isLogin = recorded.path.startsWith('/interaction/') || recorded.path.startsWith(`${authorization}/`)
    if (!isLogin) this.log.push(recorded)
    return this.#route(replay(request, body), response, recorded)
  }

  async #route(request: EngineRequest, response: ServerResponse, recorded: RecordedRequest): Promise<void> {
    const { dialect, clients } = this.#settings
    if (recorded.path.startsWith('/interaction/'))
      return this.#interactions.answer(request, response, new URLSearchParams(recorded.body))
    if (recorded.path.startsWith(dialect.apiPrefix) && recorded.path !== dialect.paths.token)
      return send(response, await dialect.api(this.#apiRequest(recorded)))
    if (!this.#serves(recorded.path)) return send(response, text(404, 'Not found'))
    const mismatch = recorded.path === dialect.paths.token ? methodMismatch(recorded, clients) : undefined
    if (mismatch !== undefined) return send(response, json(dialect.tokenError === undefined ? 401 : 400, mismatch))
    return this.#callback(request, response)
  }

  #apiRequest({ path, headers }: RecordedRequest): Parameters<Settings['dialect']['api']>[0] {
    return {
      path,
      authorization: headers['authorization'],
      origin: this.#origin,
      bearer: (value) => findBearer(this.#engine, this.#settings.accounts, value),
    }
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
