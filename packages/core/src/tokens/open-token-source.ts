import { GrantError } from '../errors/grant-error.ts'
import type { GrantOptions } from '../grants/grant.ts'
import { Refresh } from '../grants/refresh.ts'
import type { Emit } from '../protocol/events.ts'
import type { GrantPort } from '../protocol/port.ts'
import { Token } from '../token/token.ts'
import { withDeadline } from '../transport/deadline.ts'
import type { Coordination, Purpose, RefreshTimings } from './coordination.ts'
import { guardedStore } from './guarded-store.ts'
import { memoryStore } from './memory-store.ts'
import { ProviderHealth } from './provider-health.ts'
import type { CheckedSourceOptions } from './source-options.ts'
import { StoredTokenSource } from './stored-token-source.ts'
import { firstRecord, serialise } from './token-record.ts'
import type { OpenTokenSource } from './token-source.ts'
import type { TokenStore } from './token-store.ts'

/** What a source needs of its provider. */
export interface SourceProvider<Scope extends string> {
  readonly port: GrantPort<Scope>
  readonly emit: Emit
  /** The deadline of a token request, in milliseconds. */
  readonly timeout: number
  readonly revoke: (token: Token, signal?: AbortSignal) => Promise<void>
}

/** Milliseconds for writing a token down, once it is there, and what a lease lasts beyond that; tests that kill processes wait for less. */
export const spare = { margin: 5000, reserve: 15_000 }

/** One for all sources of this process: another process has another one, so that a fleet does not refresh in step. */
const jitter = Math.random()

/** Makes what stands behind a token source. */
export function openTokenSource<Scope extends string>(
  provider: SourceProvider<Scope>,
  options: CheckedSourceOptions<Scope>,
): OpenTokenSource {
  const { port, emit, timeout, revoke } = provider
  const { leeway } = options
  const { refreshToken } = port.provider
  const owner = JSON.stringify([port.provider.name, port.provider.metadata.issuer ?? null, port.client.clientId])
  const askable = options.grant !== undefined || options.request !== undefined
  const health = healthOf(port)
  const { margin, reserve } = spare
  return new StoredTokenSource({
    store: guardedStore(options.store ?? holding(options, owner, port)),
    escrow: options.escrow && guardedStore(options.escrow),
    key: options.key ?? '-',
    owner,
    clock: port.clock,
    emit,
    timings: { request: timeout, margin, lease: timeout + margin + reserve } satisfies RefreshTimings,
    obtain: watched(health, obtaining(provider, options)),
    askable,
    believe: () => health.believes(),
    discard: (token) => void revoke(token).catch(() => undefined), // nobody has it, and it ends by itself
    random: Math.random,
    rules: { leeway, jitter },
    background: options.background ?? true,
    waitUntil: options.waitUntil,
    storeless: askable || refreshToken?.rotation === 'never',
    absoluteLifetime: refreshToken?.absoluteLifetime === undefined ? undefined : refreshToken.absoluteLifetime * 1000,
    revoke,
  })
}

type Obtain = Coordination['obtain']

/** How a token is obtained: by the grant or the request once more, else by a refresh. */
function obtaining<Scope extends string>(
  { port, timeout }: SourceProvider<Scope>,
  options: CheckedSourceOptions<Scope>,
): Obtain {
  const { grant, scope, parameters } = options
  const asked = grant ? new (grant as unknown as new (from: GrantPort<Scope>) => Asked<Scope>)(port) : undefined
  const ask = asked ? asked.requestToken.bind(asked) : options.request
  if (ask)
    return (_, purpose) =>
      withDeadline(port.clock, timeout, undefined, async (signal) =>
        checkToken(await ask({ ...forPurpose<Scope>(purpose, scope), parameters, signal })),
      )
  const refresh = new Refresh<Scope>(port)
  return (current, purpose) => refresh.requestToken(current ?? '', forPurpose<Scope>(purpose))
}

/** A request of the user's own may resolve to anything. */
function checkToken(token: Token | undefined): Token {
  if (token?.accessToken) return Token.from(token)
  throw new GrantError('config_invalid', 'a request resolves to a Token: write Token.from({ accessToken, … })')
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

/** Notes how it went, and asks a provider that refused the client a moment ago no further. */
function watched(health: ProviderHealth, obtain: Obtain): Obtain {
  return async (current, purpose) => {
    health.check()
    try {
      const token = await obtain(current, purpose)
      health.note(undefined)
      return token
    } catch (error) {
      if (error instanceof GrantError) health.note(error)
      throw error
    }
  }
}

const healths = new WeakMap<object, Map<string, ProviderHealth>>()

function healthOf({ provider, client, clock }: GrantPort): ProviderHealth {
  const ofProvider = healths.get(provider) ?? new Map<string, ProviderHealth>()
  healths.set(provider, ofProvider)
  const health = ofProvider.get(client.clientId) ?? new ProviderHealth(clock)
  ofProvider.set(client.clientId, health)
  return health
}

/** A store in memory that holds a token already. */
function holding<Scope extends string>(
  { token, madeAt }: CheckedSourceOptions<Scope>,
  owner: string,
  { clock }: GrantPort<Scope>,
): TokenStore {
  const store = memoryStore({ clock })
  if (token) void store.compareAndSet('-', 0, { value: serialise(firstRecord(owner, token, madeAt)) })
  return store
}
