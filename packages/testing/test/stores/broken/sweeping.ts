import type { TokenStoreFixture } from '../../../src/describe-token-store.ts'
import { altered, type Broken, withReadings } from '../altered.ts'

const hour = 60 * 60_000
const kept = 'what is of use until a time is there as it was written, and for an hour beyond that time'
const over = 'what is of no use for more than an hour is there as it was written, or gone as if it never had been'
const anew = 'each write says anew until when it is of use, and what has no such time stays'

/** What may be wrong with what is swept. */
export const sweeping: readonly Broken[] = [
  [
    kept,
    'what is of no use is gone at once',
    () => sweeps(({ until }) => isPast(until, 0)),
    /the version of "user:42"/,
  ],
  [
    kept,
    'what will be of no use is gone',
    () => sweeps(({ until }) => until !== undefined),
    /was written over version 1/,
  ],
  [
    over,
    'the string is gone, and the version stays',
    () => withReadings((stored) => stored && { ...stored, value: stored.version === 2 ? undefined : stored.value }),
    /the text of "user:42"/,
  ],
  [
    over,
    'it reads as if it never had been, and its version still counts',
    () => withReadings((stored) => (stored?.version === 2 ? undefined : stored)),
    /whether what is gone was written over/,
  ],
  [
    anew,
    'the first time stays',
    () => sweeps(({ first, leased }) => !leased && isPast(first, hour)),
    /the version of "user:42"/,
  ],
  [
    anew,
    'what has no time is gone',
    () => sweeps(({ until = 0, leased }) => !leased && isPast(until, hour)),
    /the version of "user:42"/,
  ],
  [
    'what is of no use stays while somebody has its lease',
    'it is gone, whoever has the lease',
    () => sweeps(({ until }) => isPast(until, hour)),
    /the version of "user:42"[^]*undefined\n1$/,
  ],
  [
    'the version of what was forgotten is kept for an hour, whatever time the write names',
    'it is kept as long as the write says',
    () => sweeps(({ until, forgotten, leased }) => forgotten && !leased && isPast(until, hour)),
    /the version of "user:42"[^]*undefined\n2$/,
  ],
]

function isPast(time: number | undefined, by: number): boolean {
  return time !== undefined && time <= Date.now() - by
}

/** What a store knows of a key when it sweeps. */
interface Swept {
  readonly until: number | undefined
  /** The time that the first write named. */
  readonly first: number | undefined
  readonly forgotten: boolean
  leased: boolean
}

/** A store that sweeps before each write, by a rule of its own. What is swept has another name from then on. */
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
