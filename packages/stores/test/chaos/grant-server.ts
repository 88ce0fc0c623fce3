import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Step } from './messages.ts'
import { type ExportedKeys, Proofs } from './proof.ts'

/** Lifetime of an access token in seconds. */
export const lifetime = 2

/** `strict` revokes the family when a refresh token is used again, `fapi` accepts it until its successor is used (FAPI 2.0 Security Profile §5.3.2.1). */
export type Rule = 'strict' | 'fapi'

/** A request for a token. */
export interface TokenRequest {
  /** The sending process, and the time in milliseconds since the epoch. */
  readonly worker: number
  readonly sentAt: number
  readonly refreshToken: string
}

/** One use of a refresh token. */
export interface Use extends TokenRequest {
  /** The new refresh token, or nothing if it was refused. */
  readonly issued: string | undefined
  /** Whether it was used before. */
  readonly again: boolean
}

/** The refresh tokens of one login. */
export class Family {
  readonly uses: Use[] = []
  readonly #name: string
  readonly #rule: Rule
  #latest = 0
  #before = 0
  revoked = false

  constructor(name: string, rule: Rule) {
    this.#name = name
    this.#rule = rule
  }

  get refreshToken(): string {
    return `${this.#name}.${this.#latest}`
  }

  use(request: TokenRequest): Use {
    const { refreshToken } = request
    const again = this.uses.some((use) => use.refreshToken === refreshToken && use.issued !== undefined)
    const replayed = this.#rule === 'fapi' && refreshToken === `${this.#name}.${this.#before}`
    const accepted = !this.revoked && (refreshToken === this.refreshToken || replayed)
    if (!accepted && this.#rule === 'strict') this.revoked = true
    if (accepted && !replayed) this.#before = this.#latest
    if (accepted) this.#latest += 1
    const use: Use = { ...request, again, issued: accepted ? this.refreshToken : undefined }
    this.uses.push(use)
    return use
  }
}

/** Stops a worker at a step that only the server sees. Resolves to whether it was killed there. */
export type Gate = (key: string, step: Step, worker: number) => Promise<boolean>

/** A test authorization server, where each key is a user with one grant. */
export class GrantServer {
  readonly #server: Server
  readonly #families = new Map<string, Family[]>()
  readonly #timeout: number
  readonly #proofs = new Map<string, Proofs>()
  /** What was wrong with proofs. */
  readonly faults: string[] = []
  /** Requests without a response, because their senders had given up. */
  late = 0
  /** Called at steps that only the server sees. */
  gate: Gate = async () => false

  private constructor(server: Server, timeout: number) {
    this.#server = server
    this.#timeout = timeout
  }

  /** Starts a server for processes with a timeout in milliseconds. */
  static async start(timeout: number): Promise<GrantServer> {
    const server = createServer().listen(0, '127.0.0.1')
    const grants = new GrantServer(server, timeout)
    server.on('request', (request, response) => {
      grants.#answer(request, response).catch(() => response.destroy())
    })
    await once(server, 'listening')
    return grants
  }

  /** The token endpoint of a key. */
  endpoint(key: string): string {
    const { port } = this.#server.address() as AddressInfo
    return `http://127.0.0.1:${port}/${key}`
  }

  /** Binds the tokens of a key to a key pair from now on. */
  bind(key: string, keys: ExportedKeys): void {
    this.#proofs.set(key, new Proofs(keys, this.endpoint(key)))
  }

  /** Starts another family, as a login does. */
  logIn(key: string, rule: Rule): Family {
    const families = this.#families.get(key) ?? []
    const family = new Family(`${key}-${families.length}`, rule)
    this.#families.set(key, [...families, family])
    return family
  }

  /** The families of a key; the last one is its grant. */
  families(key: string): readonly Family[] {
    return this.#families.get(key) ?? []
  }

  async close(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const key = request.url?.slice(1) ?? ''
    const [worker, sentAt] = [Number(request.headers['worker']), Number(request.headers['sent-at'])]
    const refreshToken = new URLSearchParams(await text(request)).get('refresh_token') ?? ''
    const family = this.families(key).find((other) => refreshToken.split('.')[0] === other.refreshToken.split('.')[0])
    const killed = await this.gate(key, 'arrived', worker)
    const late = Date.now() > sentAt + this.#timeout
    this.late += Number(late && !killed)
    if (!family || killed || late) return void response.destroy()
    const nonce = `nonce-${Math.floor(family.uses.length / 2)}`
    if (!(await this.#isProven(key, request, nonce)))
      return void response.writeHead(400, { 'dpop-nonce': nonce }).end(JSON.stringify({ error: 'use_dpop_nonce' }))
    const { issued } = family.use({ worker, sentAt, refreshToken })
    if (issued !== undefined && (await this.gate(key, 'rotated', worker))) return void response.destroy()
    response.writeHead(issued === undefined ? 400 : 200, { 'content-type': 'application/json' })
    const type = this.#proofs.has(key) ? 'DPoP' : 'Bearer'
    response.end(JSON.stringify(issued === undefined ? { error: 'invalid_grant' } : bodyOf(issued, type)))
  }

  /** Whether a request needs no proof, or has a good one with the current nonce. */
  async #isProven(key: string, { headers }: IncomingMessage, nonce: string): Promise<boolean> {
    const proofs = this.#proofs.get(key)
    if (!proofs) return true
    try {
      return (await proofs.nonceOf(String(headers['dpop']))) === nonce
    } catch (error) {
      this.faults.push(String(error))
      return true
    }
  }
}

function bodyOf(refreshToken: string, type: 'Bearer' | 'DPoP'): object {
  const access = { access_token: accessTokenOf(refreshToken), token_type: type, expires_in: lifetime }
  return { ...access, refresh_token: refreshToken }
}

/** The access token of a refresh token. */
export function accessTokenOf(refreshToken: string): string {
  return `at-${refreshToken}`
}
