import { posix } from 'node:path'
import type { TokenStore } from '@grantkit/core'
import { altered, type Broken, withKeys, withTexts } from '../altered.ts'

const everyText = 'every text comes back as it was written, whatever it is made of'
const everyKey = 'different texts are different keys, however alike, for what is stored and for leases'
const halves = 'half a character, in a text or a key, is kept as it is or refused, and never replaced'

/** What may be wrong with texts and keys. */
export const texts: readonly Broken[] = [
  [everyText, 'the empty text is forgotten', () => withTexts((text) => text || undefined), /the text of "user:42"/],
  [everyText, 'texts are trimmed', () => withTexts((text) => text.trim()), /to be '" "'/],
  [everyText, 'numbers are numbers', () => withTexts((text) => (+text > 0 ? String(+text) : text)), /'"0123"'/],
  [everyText, 'texts end at a NUL', () => withTexts((text) => text.split('\0')[0]), /'"\\\\u0000"'/],
  [
    everyText,
    'a byte order mark is removed',
    () => withTexts((text) => text.replace(/^\uFEFF/, '')),
    /byte order mark/,
  ],
  [everyText, 'texts are normalised', () => withTexts((text) => text.normalize()), /in two/],
  [everyText, 'lines end in \\n', () => withTexts((text) => text.replaceAll('\r\n', '\n')), /one\\\\r\\\\n/],
  [everyText, 'texts end after 64 KiB', () => withTexts((text) => text.slice(0, 65_536)), /of 1048576 characters/],
  [everyKey, 'upper and lower case are the same', () => withKeys((key) => key.toLowerCase()), /"A" was written/],
  [everyKey, 'keys are trimmed', () => withKeys((key) => key.trim() || key), /"a " was written/],
  [everyKey, 'keys end at a NUL', () => withKeys((key) => key.split('\0')[0] ?? ''), /"a\\u0000" was written/],
  [everyKey, 'keys are paths', () => withKeys((key) => posix.normalize(key)), /"\.\/a" was written/],
  [everyKey, 'keys are normalised', () => withKeys((key) => key.normalize()), /\u0308" was written/],
  [everyKey, 'keys are URLs', () => withKeys((key) => decodeURIComponent(key.replace(/%(?!20)/, '%25'))), /"a%20" was/],
  [everyKey, 'keys are numbers', () => withKeys((key) => (+key > 0 ? String(+key) : key)), /"01" was written/],
  [everyKey, 'keys end after 255 characters', () => withKeys((key) => key.slice(0, 255)), /of 1000 characters was/],
  [
    everyKey,
    'keys are names of members',
    () => altered(() => membersByName()),
    /is read under "(?:__proto__|constructor)"/,
  ],
  [
    everyKey,
    'a lease is a text under another key',
    () => altered((store) => ({ acquire: (key, owner) => store.compareAndSet(`${key}:lease`, 0, { value: owner }) })),
    /gets the lease of "a"/,
  ],
  [
    everyKey,
    'the leases alone do not tell upper from lower case',
    () => altered((store) => ({ acquire: (key, owner, ttl) => store.acquire(key.toLowerCase(), owner, ttl) })),
    /gets the lease of "A"/,
  ],
  [halves, 'texts are UTF-8', () => withTexts((text) => Buffer.from(text).toString()), /the text of "the key 0"/],
  [halves, 'keys are UTF-8', () => withKeys((key) => Buffer.from(key).toString()), /writing "the text of 1"/],
  [
    'the empty key is a key, or is refused',
    'what has no key is not written',
    () =>
      altered((store) => ({
        read: async (key) => (key === '' ? undefined : store.read(key)),
        compareAndSet: async (key, expected, write) => key === '' || store.compareAndSet(key, expected, write),
      })),
    /the version of ""/,
  ],
]

/** A store that finds keys among the members of an object. */
function membersByName(): Partial<TokenStore> {
  const members: Record<string, { version: number; value: string | undefined }> = {}
  return {
    read: async (key) => members[key],
    async compareAndSet(key, expected, { value }) {
      if ((members[key]?.version ?? 0) !== expected) return false
      members[key] = { version: expected + 1, value }
      return true
    },
  }
}
