import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ProviderDefinition } from '@grantkit/core'
import { type HttpResponse, json, send, text } from '../http/response.ts'
import { readBody, record } from '../http/record.ts'
import type { RecordedRequest } from '../recorded-request.ts'
import type { SimulatedUser, SimulateProviderOptions } from '../simulated-provider.ts'
import { writeResponse, writeError, writeRevoked } from './response.ts'
import { SimulatedApi } from './api.ts'
import { authenticate } from './authenticate.ts'
import { authorize } from './authorize.ts'
import { endpoints, userinfo } from './endpoints.ts'
import type { Registrations } from './clients.ts'
import type { SimulationContext } from './context.ts'
import { IdTokens } from './id-tokens.ts'
import { type Incoming, readIncoming } from './incoming.ts'
import { Ledger } from './ledger.ts'
import { standardFields } from './fields.ts'
import { callbackPage } from './pages.ts'
import { Pending } from './pending.ts'
import { expectThat, Refusal } from './refusal.ts'
import { presentedToken, revoke } from './revoke.ts'
import { findGrant } from './routes.ts'
import { endpointRules, type RequestRules, revocationRules } from './rules.ts'
import { issueTokens } from './tokens.ts'

/** Routes the requests of a simulated provider, and answers them by its definition. */
export class ProviderFront {
  readonly log: RecordedRequest[] = []
  readonly ledger: Ledger
  readonly api: SimulatedApi
  readonly pending: Pending = new Pending()
  readonly #context: SimulationContext
  readonly #idTokens: IdTokens
  #responses = 0

  constructor(definition: ProviderDefinition, clients: Registrations, options: SimulateProviderOptions) {
    this.ledger = new Ledger(definition)
    const { ledger, pending } = this
    this.#context = { definition, clients, ledger, pending, options, now: options.now ?? Date.now }
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
      const { response: hook } = this.#context.options.hooks ?? {}
      send(response, hook ? this.#hooked(fieldsOf(error), error.status) : writeError(error, this.#context.definition))
    }
  }

  get now(): number {
    return this.#context.now()
  }

  #route(request: RecordedRequest): HttpResponse {
    const { definition, clients } = this.#context
    const { metadata } = definition
    const isAt = (endpoint: string | undefined) => endpoint !== undefined && new URL(endpoint).pathname === request.path
    if (isAt(metadata.authorization_endpoint)) return this.#authorize(request)
    if (isAt(metadata.jwks_uri)) return json(200, this.#idTokens.keySet())
    if (isAt(metadata.userinfo_endpoint)) return userinfo(request.headers['authorization'], this.#context)
    const other = this.#endpoint(request)
    if (other) return other
    const revocation = revocationRules(definition)
    const clientIds = [clients.public, clients.confidential].map(({ clientId }) => clientId)
    if (
      revocation &&
      clientIds.some((id) => request.path === new URL(filled(revocation.path, id), 'http://x').pathname)
    )
      return this.#revoke(request, revocation)
    const rules = findGrant(request, definition)
    if (rules) return this.#token(request, rules)
    return request.path.startsWith('/api') ? this.api.answer(request, clientIds, this.now) : text(404, 'not found')
  }

  #authorize(request: RecordedRequest): HttpResponse {
    const user = JSON.parse(request.headers['x-simulated-user'] ?? '{}') as SimulatedUser & { hash?: string }
    const url = new URL(request.url + (user.hash ?? '')) // the fragment, which no browser sends
    try {
      const response = authorize(url, user, this.#context)
      this.#context.options.hooks?.callback?.(response.parameters, response.client)
      return callbackPage(response)
    } catch (error) {
      if (error instanceof Refusal) return text(400, error.message)
      throw error
    }
  }

  #token(request: RecordedRequest, rules: RequestRules): HttpResponse {
    const incoming = this.#read(request, rules)
    const client = authenticate(incoming, rules, this.#context)
    const tokens = issueTokens({ client, parameters: incoming.parameters, rules }, this.#context)
    const fields = standardFields(tokens, this.#idTokens.issue(tokens.granted, this.now), this.#context)
    const { response: hook } = this.#context.options.hooks ?? {}
    if (hook) return this.#hooked({ ...fields, scope: tokens.granted.scope.join(' ') }, 200)
    const { narrowed } = tokens.granted
    return writeResponse(fields, this.#context.definition, { count: this.#responses++, now: this.now, narrowed })
  }

  /** An endpoint of an extension; undefined if the request is for another one. */
  #endpoint(request: RecordedRequest): HttpResponse | undefined {
    for (const [name, respond] of Object.entries(endpoints)) {
      const rules = endpointRules(this.#context.definition, name)
      if (!rules || new URL(rules.path, 'http://x').pathname !== request.path) continue
      const { parameters, ...incoming } = this.#read(request, rules)
      const client = authenticate(
        { ...incoming, parameters: credentialsIn(incoming, parameters) },
        rules,
        this.#context,
      )
      expectThat((parameters.get('client_id') ?? client.clientId) === client.clientId, 'the client IDs differ')
      return respond({ client, parameters }, this.#context)
    }
    return undefined
  }

  #revoke(request: RecordedRequest, rules: RequestRules): HttpResponse {
    const { definition } = this.#context
    const incoming = this.#read(request, rules)
    if (definition.revocation?.authentication === 'bearer') revoke(presentedToken(incoming), this.#context)
    else {
      authenticate(incoming, rules, this.#context)
      revoke(incoming.parameters.get('token'), this.#context)
    }
    return writeRevoked(definition)
  }

  #read(request: RecordedRequest, rules: RequestRules): Incoming {
    const incoming = readIncoming(request, rules)
    const { request: hook } = this.#context.options.hooks ?? {}
    try {
      hook?.({ grantType: rules.grantType, headers: request.headers, parameters: incoming.sent })
    } catch (error) {
      expectThat(false, String(error))
    }
    return incoming
  }

  #hooked(fields: Readonly<Record<string, unknown>>, usual: number): HttpResponse {
    const { status = usual, contentType, body } = this.#context.options.hooks!.response!(fields, usual)
    return { status, headers: { 'content-type': contentType }, body }
  }
}

function fieldsOf({ error, message }: Refusal): Readonly<Record<string, unknown>> {
  return { error, error_description: message }
}

/** Here the client ID is a parameter of the request as well (RFC 9126 §2.1, RFC 8628 §3.1), beside the header. */
function credentialsIn({ authorization }: Pick<Incoming, 'authorization'>, parameters: Incoming['parameters']) {
  if (authorization === undefined) return parameters
  return new Map([...parameters].filter(([name]) => name !== 'client_id'))
}

function filled(path: string, clientId: string): string {
  return path.replace('{client_id}', encodeURIComponent(clientId))
}
