import type { TokenStoreFixture } from '../../../src/describe-token-store.ts'
import { altered, type Broken, withReadings } from '../altered.ts'

const hour = 60 * 60_000
const kept = 'a record is kept unchanged until its `until` time, and for an hour after it'
const over = 'a record more than an hour past `until` is either unchanged or gone as if never written'
const anew = 'each write sets `until` again, and a record without it is kept'

/** Stores that sweep wrongly. */
export const sweeping: readonly Broken[] = [
  [
    kept,
    'an expired record is removed at once',
    () => sweeps(({ until }) => isPast(until, 0)),
    /the version of "user:42"/,
  ],
  [
    kept,
    'a record that will expire is removed',
    () => sweeps(({ until }) => until !== undefined),
    /was written over version 1/,
  ],
  [
    over,
    'the value is removed, and the version stays',
    () => withReadings((stored) => stored && { ...stored, value: stored.version === 2 ? undefined : stored.value }),
    /the value of "user:42"/,
  ],
  [
    over,
    'it reads as if never written, but its version still counts',
    () => withReadings((stored) => (stored?.version === 2 ? undefined : stored)),
    /whether a swept record was written over/,
  ],
  [
    anew,
    'the first `until` stays',
    () => sweeps(({ first, leased }) => !leased && isPast(first, hour)),
    /the version of "user:42"/,
  ],
  [
    anew,
    'a record without `until` is removed',
    () => sweeps(({ until = 0, leased }) => !leased && isPast(until, hour)),
    /the version of "user:42"/,
  ],
  [
    'an expired record is kept while its lease is held',
    'it is removed despite its lease',
    () => sweeps(({ until }) => isPast(until, hour)),
    /the version of "user:42"[^]*undefined\n1$/,
  ],
  [
    'the version of a forgotten key is kept for an hour, whatever `until` says',
    'it is kept until the time of the write',
    () => sweeps(({ until, forgotten, leased }) => forgotten && !leased && isPast(until, hour)),
    /the version of "user:42"[^]*undefined\n2$/,
  ],
]

function isPast(time: number | undefined, by: number): boolean {
  return time !== undefined && time <= Date.now() - by
}

/** What a store knows about a key when it sweeps. */
interface Swept {
  readonly until: number | undefined
  /** `until` of the first write. */
  readonly first: number | undefined
  readonly forgotten: boolean
  leased: boolean
}

/** A store that sweeps before each write, by the given rule. A swept key gets another name from then on. */
function sweeps(isOver: (record: Swept) => boolean): TokenStoreFixture {
  const records = new Map<string, Swept>()
  const times = new Map<string, number>()
  const nameOf = (key: string): string => `${key} ${times.get(key) ?? 0}`
  const sweep = (): void => {
    for (const [key, record] of records)
      if (isOver(record)) {
        records.delete(key)
        times.set(key, (times.get(key) ?? 0) + 1)
      }
  }
  return altered((store) => ({
    read: (key) => store.read(nameOf(key)),
    async compareAndSet(key, expected, { value, until }) {
      sweep()
      const written = await store.compareAndSet(nameOf(key), expected, { value })
      const { first = until, leased = false } = records.get(key) ?? {}
      if (written) records.set(key, { until, first, forgotten: value === undefined, leased })
      return written
    },
    async acquire(key, owner, ttl) {
      const record = records.get(key) ?? { until: undefined, first: undefined, forgotten: false, leased: true }
      records.set(key, Object.assign(record, { leased: true }))
      return store.acquire(nameOf(key), owner, ttl)
    },
    renew: (key, owner, ttl) => store.renew(nameOf(key), owner, ttl),
    async release(key, owner) {
      const record = records.get(key)
      if (record) record.leased = false
      await store.release(nameOf(key), owner)
    },
  }))
}
