import { GrantError, Token, type TokenStore } from '@grantkit/core'
import type { Coordination, Good } from '../../../src/refresh/coordination.ts'
import { KeyState } from '../../../src/refresh/key-state.ts'
import { RefreshCoordinator } from '../../../src/refresh/refresh-coordinator.ts'
import { serialise } from '../../../src/refresh/record-json.ts'
import { newRecord, tokenOf, withToken } from '../../../src/refresh/token-record.ts'
import type { ServerResponse, Operation, Outcome } from './operation.ts'
import type { Port, Program } from './run.ts'

/** In milliseconds: less than the real ones, in the same order, and multiples of ten so that few moments differ. */
export const timings = { request: 20, margin: 10, lease: 60 }
/** Makes each of the first pauses 30 milliseconds long. */
const random = [1, 0.5, 1 / 6]
/** The clock of a process stands still: nothing that processes agree on may hang on it. */
const now = () => 1_800_000_000_000
const owner = 'acme'
const key = 'user:42'

/** What is stored after a login. */
export function loginText(grant: string, accessToken: string, refreshToken: string): string {
  const token = Token.from({ accessToken, refreshToken })
  const record = { ...newRecord({ key, owner }), grant }
  return serialise(withToken(record, { purpose: '', token, obtainedAt: now() }))
}

/** The token that every process finds, and that none of them wants. */
export const endedToken = 'at-0'
const good: Good = (record) => {
  const token = record?.state === 'live' ? tokenOf(record, '') : undefined
  return token?.accessToken === endedToken ? undefined : token
}

/** What of its parts a defect may change. */
export type Parts = Pick<Coordination, 'store' | 'obtain'>
/** Something wrong with a process. */
export type Defect = (parts: Parts, port: Port, holder: string) => Parts

/** How a process is made. */
export interface Making {
  readonly defect?: Defect | undefined
  /** Whether its store tells of writes; true unless given. */
  readonly watches?: boolean | undefined
  /** Whether it remembers the versions that it has seen, which the store of the model never goes back to. */
  readonly remembers?: boolean | undefined
}

/** A process that wants a good token: the real coordinator, with all that waits in the hands of the scheduler. */
export function participant(holder: string, { defect, watches = true, remembers = false }: Making): Program {
  return async (port) => {
    const sound: Parts = { store: storeOver(port, watches), obtain: obtainOver(port) }
    let drawn = 0
    const coordination: Coordination = {
      ...(defect ? defect(sound, port, holder) : sound),
      escrow: undefined,
      key,
      state: remembers ? new KeyState() : forgetful(),
      owner,
      clock: {
        now,
        sleep: async (ms, signal) => void (await port.call({ kind: 'sleep', ms: Math.round(ms) }, signal)),
      },
      emit: () => undefined,
      timings,
      askable: false,
      believe: () => true,
      discard: ({ refreshToken = '' }) => port.discard(refreshToken),
      random: () => random[drawn++] ?? 0,
    }
    const { token } = await new RefreshCoordinator(coordination, holder).run({ name: '' }, good)
    return token.accessToken
  }
}

function forgetful(): KeyState {
  const nothing = (value: unknown) => ({ get: () => value, set: () => undefined })
  return Object.defineProperties(new KeyState(), { version: nothing(0), record: nothing(undefined) })
}

function storeOver(port: Port, watches: boolean): TokenStore {
  const ask = async (operation: Operation): Promise<never> => valueOf(await port.call(operation)) as never
  return {
    read: () => ask({ kind: 'read' }),
    compareAndSet: (_, expected, { value: text }) => ask({ kind: 'write', expected, text }),
    acquire: (_key, _owner, ttl) => ask({ kind: 'acquire', ttl }),
    renew: (_key, _owner, ttl) => ask({ kind: 'renew', ttl }),
    release: () => ask({ kind: 'release', whose: 'own' }),
    now: () => ask({ kind: 'now' }),
    ...(watches && { watch: (_, onChange) => port.watch(onChange) }),
  }
}

function valueOf(outcome: Outcome): unknown {
  if ('failed' in outcome) throw new GrantError('store_failed', 'the store did not respond')
  if ('version' in outcome) return { version: outcome.version, value: outcome.text }
  return 'value' in outcome ? outcome.value : undefined
}

function obtainOver(port: Port): Coordination['obtain'] {
  return async (current) => {
    if (typeof current === 'string') throw new Error('every participant begins with a whole token')
    const response = (await port.call({ kind: 'obtain', refreshToken: current?.refreshToken ?? '' })) as ServerResponse
    if ('error' in response) return { error: new GrantError(response.error, 'the refresh failed') }
    const { keys, ...members } = response
    const token = Token.from({ ...members, ...(keys && { extra: { id_token: 'unverified' } }) })
    const verified = async (): Promise<Token> => {
      if (keys) throw new GrantError('network_error', 'the keys could not be fetched')
      return token
    }
    return { token, verified }
  }
}
