import { GrantError } from '../errors/grant-error.ts'
import type { GrantOptions } from '../grants/grant.ts'
import { Refresh } from '../grants/refresh.ts'
import type { Emit } from '../protocol/events.ts'
import type { Exchange, GrantPort } from '../protocol/port.ts'
import type { RevocableGrant } from '../protocol/revocation.ts'
import { Token } from '../token/token.ts'
import { withDeadline } from '../transport/deadline.ts'
import type { Coordination, Purpose, RefreshTimings } from './coordination.ts'
import { guardedStore } from './guarded-store.ts'
import { keyState } from './key-state.ts'
import { memoryStore } from './memory-store.ts'
import { ProviderHealth } from './provider-health.ts'
import type { SourceApi } from './source-api.ts'
import type { CheckedSourceOptions } from './source-options.ts'
import { StoredTokenSource } from './stored-token-source.ts'
import { firstRecord, newRecord, type RecordPlace, type TokenRecord } from './token-record.ts'
import type { OpenTokenSource } from './token-source.ts'

/** A port whose events can have the key of a source. */
export interface KeyedPort<Scope extends string> extends GrantPort<Scope> {
  forKey(key: string): GrantPort<Scope>
}

/** What a source needs of its provider. */
export interface SourceProvider<Scope extends string> {
  readonly port: KeyedPort<Scope>
  readonly emit: Emit
  readonly api: SourceApi
  /** How refreshing goes at this provider, for all of its sources; the first of them makes it. */
  health?: ProviderHealth
  /** The deadline of a token request, in milliseconds. */
  readonly timeout: number
  readonly revoke: (grant: RevocableGrant, signal?: AbortSignal) => Promise<void>
}

/** Milliseconds for writing a token down, once it is there, and for what a lease lasts beyond that. */
const spare = { margin: 5000, reserve: 2000 }

/** One for all sources of this process: another process has another one, so that a fleet does not refresh in step. */
const jitter = Math.random()

/** Makes what stands behind a token source. */
export function openTokenSource<Scope extends string>(
  provider: SourceProvider<Scope>,
  options: CheckedSourceOptions<Scope>,
  { margin, reserve }: typeof spare = spare,
): OpenTokenSource {
  const { emit, timeout, revoke } = provider
  const port = options.key === undefined ? provider.port : provider.port.forKey(options.key)
  const { leeway, key = '-', store = memoryStore({ clock: port.clock }) } = options
  const { refreshToken } = port.provider
  const health = (provider.health ??= new ProviderHealth(port.provider.name, port.clock))
  const { boundTo } = options
  const owner = JSON.stringify([port.provider.name, port.provider.metadata.issuer ?? null, port.client.clientId])
  const askable = options.grant !== undefined || options.request !== undefined
  return new StoredTokenSource({
    store: guardedStore(store, port.clock),
    escrow: options.escrow && guardedStore(options.escrow, port.clock),
    key,
    owner,
    boundTo,
    state: keyState(store, key, boundTo === undefined ? owner : `${owner} ${boundTo}`),
    first: firstOf(options, { key, owner, boundTo }),
    clock: port.clock,
    emit: options.key === undefined ? emit : (event) => emit({ ...event, key }),
    timings: { request: timeout, margin, lease: timeout + margin + reserve } satisfies RefreshTimings,
    obtain: watched(health, obtaining({ port, timeout }, options)),
    askable,
    believe: () => health.believes(),
    discard: (token) => void revoke(token).catch(() => undefined), // nobody has it, and it expires by itself
    random: Math.random,
    rules: { leeway, jitter },
    background: options.background ?? true,
    waitUntil: options.waitUntil,
    storeless: askable || refreshToken?.rotation === 'never',
    absoluteLifetime: refreshToken?.absoluteLifetime === undefined ? undefined : refreshToken.absoluteLifetime * 1000,
    revoke,
  })
}

/** What a source begins with, before anything is stored: and whether it goes before what is stored. */
function firstOf<Scope extends string>(
  { token, refreshToken, replace = false, madeAt }: CheckedSourceOptions<Scope>,
  place: RecordPlace,
): { readonly record: TokenRecord; readonly replace: boolean } | undefined {
  if (token) return { record: firstRecord(place, { token, obtainedAt: madeAt }), replace }
  return refreshToken === undefined ? undefined : { record: newRecord(place, refreshToken), replace }
}

type Obtain = Coordination['obtain']

/** How a token is obtained: by the grant or the request once more, else by a refresh. */
function obtaining<Scope extends string>(
  { port, timeout }: { readonly port: GrantPort<Scope>; readonly timeout: number },
  options: CheckedSourceOptions<Scope>,
): Obtain {
  const { grant, scope, parameters } = options
  const asked = grant ? new (grant as unknown as new (from: GrantPort<Scope>) => Asked<Scope>)(port) : undefined
  const ask = asked ? asked.requestToken.bind(asked) : options.request
  const refresh = new Refresh<Scope>(port)
  if (!ask) return (current, purpose) => refresh.exchange(current ?? '', forPurpose<Scope>(purpose))
  const deadline = { clock: port.clock, timeout, provider: port.provider.name, late: 'the request brought no token' }
  return async (_, purpose) => {
    const request = { ...forPurpose<Scope>(purpose, scope), ...(parameters && { parameters }) }
    return obtained(await withDeadline(deadline, async (signal) => checkToken(await ask({ ...request, signal }))))
  }
}

function obtained(token: Token): Exchange {
  return { token, verified: async () => token }
}

/** A custom request may resolve to anything. */
function checkToken(token: Token | undefined): Token {
  if (token?.accessToken) return Token.from(token)
  throw new GrantError('config_invalid', 'a request has to resolve to a Token: write Token.from({ accessToken, … })')
}

interface Asked<Scope extends string> {
  requestToken(options: GrantOptions<Scope>): Promise<Token>
}

function forPurpose<Scope extends string>(
  { scope, resource }: Purpose,
  otherwise?: readonly Scope[],
): GrantOptions<Scope> {
  return { scope: (scope as readonly Scope[] | undefined) ?? otherwise, resource }
}

/** Notes the outcome, and sends nothing to a provider that refused the client a moment ago. */
function watched(health: ProviderHealth, obtain: Obtain): Obtain {
  return async (current, purpose) => {
    const refusal = health.refusal()
    if (refusal) return { error: refusal }
    try {
      const exchange = await obtain(current, purpose)
      health.note('error' in exchange ? exchange.error : undefined)
      return exchange
    } catch (error) {
      if (error instanceof GrantError) health.note(error)
      throw error
    }
  }
}
