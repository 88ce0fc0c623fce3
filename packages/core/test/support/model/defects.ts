import { GrantError, type StoredValue, type TokenStore } from '@grantkit/core'
import type { TokenRecord } from '../../../src/refresh/token-record.ts'
import type { Outcome } from './operation.ts'
import type { Defect, Parts } from './participant.ts'
import type { Port } from './run.ts'

/** Something wrong with one call of the store, and all else as it was. */
const withStore = (parts: Parts, changes: Partial<TokenStore>): Parts => ({
  ...parts,
  store: { ...parts.store, ...changes },
})

const recordIn = (text: string | undefined): Partial<TokenRecord> =>
  text === undefined ? {} : (JSON.parse(text) as TokenRecord)

const yes = (outcome: Outcome): boolean => 'value' in outcome && outcome.value === true

const overwrite = async (port: Port, text: string | undefined): Promise<boolean> =>
  yes(await port.call({ kind: 'write', expected: 'any', text }))

/** It believes what it read before it had the lease, and learns only the version anew. */
export const believesOldReading: Defect = (parts) => {
  const { store } = parts
  let before: StoredValue | undefined
  let leased = false
  return withStore(parts, {
    read: async (key) => {
      const stored = await store.read(key)
      if (!leased) before = stored
      leased = false
      return stored && { ...stored, value: before?.value }
    },
    acquire: async (...parameters) => (leased = await store.acquire(...parameters)),
  })
}

/** It uses the refresh token without a note that it will. */
export const takesNoNote: Defect = (parts, _, holder) => {
  const { store } = parts
  let unwritten = 0
  return withStore(parts, {
    read: async (key) => {
      const stored = await store.read(key)
      return stored && { ...stored, version: stored.version + unwritten }
    },
    compareAndSet: async (key, expected, write) => {
      const noted = recordIn(write.value).intent?.holder === holder
      if (noted) unwritten += 1
      return noted || store.compareAndSet(key, expected - unwritten, write)
    },
    release: async (...parameters) => {
      unwritten = 0
      await store.release(...parameters)
    },
  })
}

/** It does not heed the note of another process. */
export const ignoresNotes: Defect = (parts, _, holder) => {
  const { store } = parts
  const heard = (text: string | undefined): string | undefined => {
    const { intent, ...rest } = recordIn(text)
    return text === undefined || intent?.holder === holder ? text : JSON.stringify(rest)
  }
  return withStore(parts, {
    read: async (key) => {
      const stored = await store.read(key)
      return stored && { ...stored, value: heard(stored.value) }
    },
  })
}

/** It goes by a clock of its own, which is a minute fast in one process. */
export const hasOwnClock: Defect = (parts, _, holder) => {
  const fast = holder === 'process-1' ? 60 : 0
  return withStore(parts, { now: async () => (await parts.store.now()) + fast })
}

/** It sends what it was about to send, however long it has slept. */
export const sendsAfterSleep: Defect = (parts, _, holder) => {
  const { store } = parts
  let known: { version: number; time: number } | undefined
  let time = 0
  return withStore(parts, {
    now: async () => known?.time ?? (time = await store.now()),
    compareAndSet: async (key, expected, write) => {
      const written = await store.compareAndSet(key, expected, write)
      known = written && recordIn(write.value).intent?.holder === holder ? { version: expected + 1, time } : undefined
      return written
    },
    renew: async (...parameters) => known !== undefined || store.renew(...parameters),
    read: async (key) => (known ? { version: known.version, value: undefined } : store.read(key)),
  })
}

/** It writes over whatever is there. */
export const writesBlindly: Defect = (parts, port) =>
  withStore(parts, { compareAndSet: async (_key, _expected, { value }) => overwrite(port, value) })

/** It marks the grant as dead, whatever is there by then. */
export const buriesBlindly: Defect = (parts, port) =>
  withStore(parts, {
    compareAndSet: async (key, expected, write) =>
      recordIn(write.value).state === 'dead'
        ? overwrite(port, write.value)
        : parts.store.compareAndSet(key, expected, write),
  })

/** It does not store what it has received once the lease is lost. */
export const storesOnlyWithLease: Defect = (parts, _, holder) => ({
  ...parts,
  obtain: async (current, purpose) => {
    const exchange = await parts.obtain(current, purpose)
    if ('error' in exchange || (await parts.store.renew('', holder, 60))) return exchange
    return { error: new GrantError('network_error', 'the lease is lost') }
  },
})

/** It hands the token out, and stores it afterwards. */
export const storesLater: Defect = (parts) => {
  const { store } = parts
  return withStore(parts, {
    compareAndSet: async (key, expected, write) => {
      const { generation = 0, intent } = recordIn(write.value)
      const written = store.compareAndSet(key, expected, write)
      return generation > 1 && !intent ? true : written
    },
  })
}

/** It takes a response that did not come for a refusal. */
export const takesSilenceForRefusal: Defect = (parts) => ({
  ...parts,
  obtain: async (...parameters) => {
    const exchange = await parts.obtain(...parameters)
    return 'error' in exchange ? { error: new GrantError('reauthorization_required', 'the refresh failed') } : exchange
  },
})

/** It gives the lease back, whoever has it. */
export const releasesAnyLease: Defect = (parts, port) =>
  withStore(parts, { release: async () => void (await port.call({ kind: 'release', whose: 'any' })) })

/** It does not prolong its lease, and believes that it did. */
export const neverRenews: Defect = (parts) => withStore(parts, { renew: async () => true })

/** It goes on without a lease. */
export const takesNoLease: Defect = (parts) => withStore(parts, { acquire: async () => true, renew: async () => true })

/** It does not look at what is stored once it has the lease. */
export const doesNotReadAgain: Defect = (parts) => {
  const { store } = parts
  let before: StoredValue | undefined
  let leased = false
  return withStore(parts, {
    read: async (key) => {
      if (!leased) before = await store.read(key)
      leased = false
      return before
    },
    acquire: async (...parameters) => (leased = await store.acquire(...parameters)),
  })
}

/** It takes keys that cannot be fetched for a request that failed, and so sends the old refresh token again. */
export const forgetsWhatCameWithoutKeys: Defect = (parts) => ({
  ...parts,
  obtain: async (...parameters) => {
    const exchange = await parts.obtain(...parameters)
    if ('error' in exchange) return exchange
    const error = await exchange.verified().then(
      () => undefined,
      (reason: unknown) => reason as GrantError,
    )
    return error ? { error } : exchange
  },
})

/** It takes a new token for stored although the store did not respond. */
export const takesSilenceForStored: Defect = (parts) => {
  const { store } = parts
  return withStore(parts, {
    compareAndSet: async (key, expected, write) => {
      const { generation = 0, intent } = recordIn(write.value)
      const isResult = generation > 1 && !intent
      return store.compareAndSet(key, expected, write).catch((error: unknown) => {
        if (isResult) return true
        throw error
      })
    },
  })
}

/** It believes a note from a clock that had stood ahead. */
export const believesTheFuture: Defect = (parts) => {
  const { store } = parts
  const dated = (text: string | undefined): string | undefined => {
    const { intent, ...rest } = recordIn(text)
    return intent === undefined ? text : JSON.stringify({ ...rest, intent: { ...intent, at: 0 } })
  }
  return withStore(parts, {
    read: async (key) => {
      const stored = await store.read(key)
      return stored && { ...stored, value: dated(stored.value) }
    },
  })
}
