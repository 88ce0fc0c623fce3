import { posix } from 'node:path'
import type { TokenStore } from '@grantkit/core'
import { altered, type Broken, withKeys, withValues } from '../altered.ts'

const everyString = 'every string is returned exactly as it was written'
const everyKey = 'different strings are different keys, however similar, for values and for leases'
const surrogates = 'a lone surrogate in a value or a key is stored unchanged or refused, never replaced'

/** Stores that change values or keys. */
export const strings: readonly Broken[] = [
  [
    everyString,
    'the empty string is forgotten',
    () => withValues((value) => value || undefined),
    /the value of "user:42"/,
  ],
  [everyString, 'values are trimmed', () => withValues((value) => value.trim()), /to be '" "'/],
  [everyString, 'values are numbers', () => withValues((value) => (+value > 0 ? String(+value) : value)), /'"0123"'/],
  [everyString, 'values end at a NUL', () => withValues((value) => value.split('\0')[0]), /'"\\\\u0000"'/],
  [
    everyString,
    'a byte order mark is removed',
    () => withValues((value) => value.replace(/^\uFEFF/, '')),
    /byte order mark/,
  ],
  [everyString, 'values are normalised', () => withValues((value) => value.normalize()), /in two/],
  [everyString, 'lines end in \\n', () => withValues((value) => value.replaceAll('\r\n', '\n')), /one\\\\r\\\\n/],
  [
    everyString,
    'values are cut after 64 KiB',
    () => withValues((value) => value.slice(0, 65_536)),
    /of 1048576 characters/,
  ],
  [everyKey, 'upper and lower case are the same', () => withKeys((key) => key.toLowerCase()), /"A" was written/],
  [everyKey, 'keys are trimmed', () => withKeys((key) => key.trim() || key), /"a " was written/],
  [everyKey, 'keys end at a NUL', () => withKeys((key) => key.split('\0')[0] ?? ''), /"a\\u0000" was written/],
  [everyKey, 'keys are paths', () => withKeys((key) => posix.normalize(key)), /"\.\/a" was written/],
  [everyKey, 'keys are normalised', () => withKeys((key) => key.normalize()), /\u0308" was written/],
  [everyKey, 'keys are URLs', () => withKeys((key) => decodeURIComponent(key.replace(/%(?!20)/, '%25'))), /"a%20" was/],
  [everyKey, 'keys are numbers', () => withKeys((key) => (+key > 0 ? String(+key) : key)), /"01" was written/],
  [everyKey, 'keys are cut after 255 characters', () => withKeys((key) => key.slice(0, 255)), /of 1000 characters was/],
  [
    everyKey,
    'keys are properties of an object',
    () => altered(() => recordsByName()),
    /is read under "(?:__proto__|constructor)"/,
  ],
  [
    everyKey,
    'a lease is a value under another key',
    () => altered((store) => ({ acquire: (key, owner) => store.compareAndSet(`${key}:lease`, 0, { value: owner }) })),
    /gets the lease of "a"/,
  ],
  [
    everyKey,
    'leases ignore case',
    () => altered((store) => ({ acquire: (key, owner, ttl) => store.acquire(key.toLowerCase(), owner, ttl) })),
    /gets the lease of "A"/,
  ],
  [
    surrogates,
    'values are UTF-8',
    () => withValues((value) => Buffer.from(value).toString()),
    /the value of "the key 0"/,
  ],
  [surrogates, 'keys are UTF-8', () => withKeys((key) => Buffer.from(key).toString()), /writing "the value of 1"/],
  [
    'the empty key is stored or refused',
    'the empty key is ignored',
    () =>
      altered((store) => ({
        read: async (key) => (key === '' ? undefined : store.read(key)),
        compareAndSet: async (key, expected, write) => key === '' || store.compareAndSet(key, expected, write),
      })),
    /the version of ""/,
  ],
]

/** A store that keeps records as properties of an object. */
function recordsByName(): Partial<TokenStore> {
  const records: Record<string, { version: number; value: string | undefined }> = {}
  return {
    read: async (key) => records[key],
    async compareAndSet(key, expected, { value }) {
      if ((records[key]?.version ?? 0) !== expected) return false
      records[key] = { version: expected + 1, value }
      return true
    },
  }
}
