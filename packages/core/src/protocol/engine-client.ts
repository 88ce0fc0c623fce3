import type { Clock } from '../transport/clock.ts'
import type { Configuration } from './engine.ts'

/** One token request on its way through the engine, which asks it to authenticate the client and to send what it wrote. */
export interface EngineExchange {
  readonly parameters: URLSearchParams
  authenticate(body: URLSearchParams, headers: Headers): Promise<void>
  send(headers: Record<string, string>, body: URLSearchParams): Promise<Response>
}

/** Who asks whom. */
export interface EngineServer {
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clock: Clock
}

type Ready = readonly [engine: typeof import('./engine.ts'), configuration: Configuration]

/** The engine, loaded when it is first needed and configured once. Requests share it, and each finds its own exchange by the body that the engine makes for it. */
export class EngineClient {
  readonly #server: EngineServer
  readonly #underWay = new WeakMap<URLSearchParams, EngineExchange>()
  #ready: Ready | undefined
  #beginning: EngineExchange | undefined

  constructor(server: EngineServer) {
    this.#server = server
  }

  /** Makes one token request. Rejects with whatever the exchange or the engine throws. */
  async run(grantType: string, exchange: EngineExchange): Promise<void> {
    const [engine, configuration] = (this.#ready ??= await this.#configure())
    this.#beginning = exchange // the engine authenticates the client before it first waits for anything
    try {
      await engine.genericGrantRequest(configuration, grantType, exchange.parameters)
    } finally {
      this.#beginning = undefined
    }
  }

  async #configure(): Promise<Ready> {
    const engine = await import('./engine.ts')
    const { issuer, tokenEndpoint, clientId, clock } = this.#server
    const skew = { [engine.clockSkew]: Math.floor((clock.now() - Date.now()) / 1000) }
    const server = { issuer, token_endpoint: tokenEndpoint }
    // oxlint-disable-next-line typescript/no-misused-promises -- the engine awaits it, though its type does not say so
    const configuration = new engine.Configuration(server, clientId, skew, (_server, _client, body, headers) => {
      const exchange = this.#beginning
      this.#beginning = undefined
      if (!exchange) throw new Error('the engine authenticated a request that nobody began')
      this.#underWay.set(body, exchange)
      return exchange.authenticate(body, headers)
    })
    configuration[engine.customFetch] = (_url, { headers, body }) => {
      const exchange = this.#underWay.get(body as URLSearchParams)
      if (!exchange) throw new Error('the engine sent a request that nobody began')
      return exchange.send(headers, body as URLSearchParams)
    }
    configuration.timeout = 0 // the transport's deadline covers the body, too
    if (tokenEndpoint.startsWith('http:')) engine.allowInsecureRequests(configuration) // loopback: the transport lets nothing else through
    return [engine, configuration]
  }
}

/** An answer for the engine: as much of a `Response` as it reads. A whole one costs as much as all that the engine does. */
export function engineAnswer(members: object): Response {
  return new EngineAnswer(members) as unknown as Response
}

class EngineAnswer {
  readonly #members: object
  readonly status = 200
  readonly bodyUsed = false

  constructor(members: object) {
    this.#members = members
  }

  get [Symbol.toStringTag](): string {
    return 'Response'
  }

  get headers(): Pick<Headers, 'get'> {
    return { get: (name) => (name === 'content-type' ? 'application/json' : null) }
  }

  async json(): Promise<object> {
    return this.#members
  }
}
