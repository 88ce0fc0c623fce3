import type { Clock } from '../transport/clock.ts'
import type { Configuration } from './engine.ts'

/** One token request on its way through the engine. */
export interface EngineExchange {
  /** Fills the form, which holds the grant type, and authenticates the client. */
  write(body: URLSearchParams, headers: Headers): Promise<void>
  /** Sends what was written, and returns the answer as an {@link engineAnswer}. */
  send(headers: Record<string, string>, body: URLSearchParams): Promise<Response>
}

/** Who asks whom. */
export interface EngineServer {
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly clock: Clock
}

/** The engine copies the parameters it is given, twice; those of an exchange are written into its last copy. */
const nothing: Record<string, string> = Object.freeze({})

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

  /** Makes one token request. Rejects with what the engine throws, whose cause is what the exchange threw. */
  async run(grantType: string, exchange: EngineExchange): Promise<void> {
    const [engine, configuration] = (this.#ready ??= await this.#configure())
    this.#beginning = exchange // the engine asks for the form before it first waits for anything
    const made = engine.genericGrantRequest(configuration, grantType, nothing)
    this.#beginning = undefined
    await made
  }

  async #configure(): Promise<Ready> {
    const engine = await import('./engine.ts')
    const { issuer, tokenEndpoint, clientId, clock } = this.#server
    const server = { issuer, token_endpoint: tokenEndpoint }
    const skew = { [engine.clockSkew]: Math.round((clock.now() - Date.now()) / 1000) } // its clock follows ours in whatever it signs
    // oxlint-disable-next-line typescript/no-misused-promises -- the engine awaits it, though its type does not say so
    const configuration = new engine.Configuration(server, clientId, skew, (_server, _client, body, headers) => {
      const exchange = this.#beginning
      if (!exchange) throw new Error('the engine authenticated a request that nobody began')
      this.#underWay.set(body, exchange)
      return exchange.write(body, headers)
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

  async json(): Promise<object> {
    return this.#members
  }
}
