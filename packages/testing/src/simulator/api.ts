import type { ProviderDefinition } from '@grantkit/core'
import { type HttpResponse, json } from '../http/response.ts'
import type { RecordedRequest } from '../recorded-request.ts'
import type { Ledger } from './ledger.ts'
import { formatReset } from './lifetime.ts'

/** The API of the provider: returns the scopes of the token in the request, if the request is valid. */
export class SimulatedApi {
  readonly #definition: ProviderDefinition
  readonly #ledger: Ledger
  #limitedUntil = 0

  constructor(definition: ProviderDefinition, ledger: Ledger) {
    this.#definition = definition
    this.#ledger = ledger
  }

  /** Limits requests until a time. */
  limitUntil(time: number): void {
    this.#limitedUntil = time
  }

  /** Answers a request: 200, 401 without a valid token, 400 without a required header, 429 while it is limited. */
  answer(request: RecordedRequest, clientIds: readonly string[], now: number): HttpResponse {
    if (now < this.#limitedUntil) return this.#limited(Math.ceil((this.#limitedUntil - now) / 1000), now)
    const granted = this.#ledger.access(this.#presented(request) ?? '')
    if (!granted) return json(401, { error: 'invalid_token' }, { 'www-authenticate': 'Bearer error="invalid_token"' })
    const missing = Object.entries(this.#definition.api?.headers ?? {}).find(
      ([name, value]) => !fits(request.headers[name.toLowerCase()], value, clientIds),
    )
    return missing ? json(400, { message: `the header ${missing[0]} is missing` }) : json(200, { scope: granted.scope })
  }

  #presented({ headers }: RecordedRequest): string | undefined {
    const { header, scheme } = this.#definition.api?.token ?? {}
    const value = headers[(header ?? 'authorization').toLowerCase()]
    const prefix = scheme ?? (header === undefined ? 'Bearer' : '')
    if (prefix === '') return value
    return value?.startsWith(`${prefix} `) ? value.slice(prefix.length + 1) : undefined
  }

  #limited(seconds: number, now: number): HttpResponse {
    const { reset, format, remaining, statuses = [] } = this.#definition.api?.rateLimit ?? {}
    const headers = {
      ...(reset === undefined ? { 'retry-after': String(seconds) } : { [reset]: formatReset(seconds, format, now) }),
      ...(remaining !== undefined && { [remaining]: '0' }),
    }
    return json(statuses[0] ?? 429, { message: 'slow down' }, headers)
  }
}

function fits(value: string | undefined, expected: string, clientIds: readonly string[]): boolean {
  return clientIds.some((clientId) => value === expected.replaceAll('{client_id}', clientId))
}
