import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ProviderDefinition } from '@grantkit/core'
import { type Answer, json, send, text } from '../http/answer.ts'
import { readBody, record } from '../http/record.ts'
import type { RecordedRequest } from '../recorded-request.ts'
import type { SimulatedUser, SimulateProviderOptions } from '../simulated-provider.ts'
import { writeAnswer, writeError, writeRevoked } from './answer.ts'
import { SimulatedApi } from './api.ts'
import { authenticate } from './authenticate.ts'
import { authorize } from './authorize.ts'
import type { Registrations } from './clients.ts'
import { IdTokens } from './id-tokens.ts'
import { type Incoming, readIncoming } from './incoming.ts'
import { Ledger } from './ledger.ts'
import { standardMembers } from './members.ts'
import { callbackPage } from './pages.ts'
import { expectThat, Refusal } from './refusal.ts'
import { presentedToken, revoke } from './revoke.ts'
import { findGrant } from './routes.ts'
import { type RequestRules, revocationRules } from './rules.ts'
import { issueTokens } from './tokens.ts'

/** The provider behind its socket: it reads what comes as its definition has it, and answers so. */
export class ProviderFront {
  readonly log: RecordedRequest[] = []
  readonly ledger: Ledger
  readonly api: SimulatedApi
  readonly #definition: ProviderDefinition
  readonly #clients: Registrations
  readonly #options: SimulateProviderOptions
  readonly #idTokens: IdTokens
  #answers = 0

  constructor(definition: ProviderDefinition, clients: Registrations, options: SimulateProviderOptions) {
    this.#definition = definition
    this.#clients = clients
    this.#options = options
    this.ledger = new Ledger(definition)
    this.api = new SimulatedApi(definition, this.ledger)
    this.#idTokens = new IdTokens(definition)
  }

  /** Answers one request. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const recorded = record(request, await readBody(request), `http://${request.headers.host ?? '127.0.0.1'}`)
    this.log.push(recorded)
    try {
      send(response, this.#route(recorded))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const { response: hook } = this.#options.hooks ?? {}
      send(response, hook ? this.#hooked(membersOf(error), error.status) : writeError(error, this.#definition))
    }
  }

  get now(): number {
    return (this.#options.now ?? Date.now)()
  }

  #route(request: RecordedRequest): Answer {
    const { metadata } = this.#definition
    const isAt = (endpoint: string | undefined) => endpoint !== undefined && new URL(endpoint).pathname === request.path
    if (isAt(metadata.authorization_endpoint)) return this.#authorize(request)
    if (isAt(metadata.jwks_uri)) return json(200, this.#idTokens.keySet())
    const revocation = revocationRules(this.#definition)
    const clientIds = [this.#clients.public, this.#clients.confidential].map(({ clientId }) => clientId)
    if (
      revocation &&
      clientIds.some((id) => request.path === new URL(filled(revocation.path, id), 'http://x').pathname)
    )
      return this.#revoke(request, revocation)
    const rules = findGrant(request, this.#definition)
    if (rules) return this.#token(request, rules)
    return request.path.startsWith('/api') ? this.api.answer(request, clientIds, this.now) : text(404, 'not found')
  }

  #authorize(request: RecordedRequest): Answer {
    const user = JSON.parse(request.headers['x-simulated-user'] ?? '{}') as SimulatedUser & { hash?: string }
    const url = new URL(request.url + (user.hash ?? '')) // no browser sends the fragment, and here it is looked at
    try {
      const response = authorize(url, this.#definition, this.#clients, this.ledger, user)
      this.#options.hooks?.callback?.(response.parameters, response.client)
      return callbackPage(response)
    } catch (error) {
      if (error instanceof Refusal) return text(400, error.message)
      throw error
    }
  }

  #token(request: RecordedRequest, rules: RequestRules): Answer {
    const incoming = this.#read(request, rules)
    const client = authenticate(
      request.headers['authorization'],
      incoming,
      rules,
      this.#definition,
      this.#clients,
      this.now,
    )
    const tokens = issueTokens(incoming, rules, client, this.#definition, this.ledger)
    const members = standardMembers(
      tokens,
      this.#definition,
      this.#options,
      this.#idTokens.issue(tokens.granted, this.now),
    )
    const { response: hook } = this.#options.hooks ?? {}
    if (hook) return this.#hooked({ ...members, scope: tokens.granted.scope.join(' ') }, 200)
    const { narrowed } = tokens.granted
    return writeAnswer(members, this.#definition, { count: this.#answers++, now: this.now, narrowed })
  }

  #revoke(request: RecordedRequest, rules: RequestRules): Answer {
    const { revocation } = this.#definition
    const incoming = this.#read(request, rules)
    const authorization = request.headers['authorization']
    if (revocation?.authentication === 'bearer')
      revoke(presentedToken(authorization, incoming), this.#definition, this.ledger)
    else {
      authenticate(authorization, incoming, rules, this.#definition, this.#clients, this.now)
      revoke(incoming.parameters.get('token'), this.#definition, this.ledger)
    }
    return writeRevoked(this.#definition)
  }

  #read(request: RecordedRequest, rules: RequestRules): Incoming {
    const incoming = readIncoming(request, rules)
    const { request: hook } = this.#options.hooks ?? {}
    try {
      hook?.({ grantType: rules.grantType, headers: request.headers, parameters: incoming.sent })
    } catch (error) {
      expectThat(false, String(error))
    }
    return incoming
  }

  #hooked(members: Readonly<Record<string, unknown>>, usual: number): Answer {
    const { status = usual, contentType, body } = this.#options.hooks!.response!(members, usual)
    return { status, headers: { 'content-type': contentType }, body }
  }
}

function membersOf({ error, message }: Refusal): Readonly<Record<string, unknown>> {
  return { error, error_description: message }
}

function filled(path: string, clientId: string): string {
  return path.replace('{client_id}', encodeURIComponent(clientId))
}
