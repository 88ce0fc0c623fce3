import { altered, type Broken, nothing, overwrite, withOwners } from '../altered.ts'

/** Stores that grant leases wrongly. */
export const leases: readonly Broken[] = [
  [
    'a lease is refused to others, and its owner can acquire it again',
    'everyone gets it',
    () => altered(() => ({ acquire: async () => true })),
    /whether b gets the lease/,
  ],
  [
    'a lease is refused to others, and its owner can acquire it again',
    'its owner does not get it',
    () =>
      altered((store) => ({
        acquire: async (key, owner, ttl) => !(await store.renew(key, owner, ttl)) && store.acquire(key, owner, ttl),
      })),
    /whether a gets the lease/,
  ],
  [
    'a lease is refused to others, and its owner can acquire it again',
    'owners are trimmed',
    () => altered((store) => ({ acquire: (key, owner, ttl) => store.acquire(key, owner.trim(), ttl) })),
    /whether a {2}gets the lease/,
  ],
  [
    'a released lease is free at once',
    'releasing does nothing',
    () => altered(() => ({ release: async () => {} })),
    /whether b gets the lease/,
  ],
  [
    'only the owner can release a lease',
    'everyone can release it',
    () => withOwners((store, { ownerOf }) => ({ release: (key) => store.release(key, ownerOf(key)) })),
    /whether b gets the lease/,
  ],
  [
    'leases of different keys are independent',
    'there is one lease for all',
    () =>
      altered((store) => ({
        acquire: (_, owner, ttl) => store.acquire('all', owner, ttl),
        renew: (_, owner, ttl) => store.renew('all', owner, ttl),
        release: (_, owner) => store.release('all', owner),
      })),
    /whether b gets the lease of "user:43"/,
  ],
  [
    'a lease writes nothing: the key reads as before, and its next write expects the same version',
    'a key with a lease exists',
    () =>
      withOwners((store, { ownerOf }) => ({
        read: async (key) => (await store.read(key)) ?? (ownerOf(key) === '' ? undefined : nothing),
      })),
    /a key with a lease that was never written/,
  ],
  [
    'a lease writes nothing: the key reads as before, and its next write expects the same version',
    'acquiring a lease forgets the value',
    () =>
      altered((store) => ({
        async acquire(key, owner, ttl) {
          const taken = await store.acquire(key, owner, ttl)
          if (taken && (await store.read(key))) await overwrite(store, key, {})
          return taken
        },
      })),
    /the version of "user:42"/,
  ],
  [
    'leases do not restrict writes',
    'a write needs the lease',
    () =>
      withOwners((store, { ownerOf }) => ({
        compareAndSet: async (key, expected, write) => ownerOf(key) === '' && store.compareAndSet(key, expected, write),
      })),
    /"user:42" was written over version 0/,
  ],
  [
    'writes do not change the lease',
    'a write ends the lease',
    () =>
      withOwners((store, { ownerOf }) => ({
        async compareAndSet(key, expected, write) {
          const written = await store.compareAndSet(key, expected, write)
          if (written) await store.release(key, ownerOf(key))
          return written
        },
      })),
    /whether b gets the lease/,
  ],
  [
    'writes do not change the lease',
    'a refused write ends the lease',
    () =>
      withOwners((store, { ownerOf }) => ({
        async compareAndSet(key, expected, write) {
          const written = await store.compareAndSet(key, expected, write)
          if (!written) await store.release(key, ownerOf(key))
          return written
        },
      })),
    /whether the owner still has it/,
  ],
]
