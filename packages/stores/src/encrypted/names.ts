import type { TokenStore } from '@grantkit/core'
import { toBase64 } from '../keys/base64.ts'
import { type EncryptionKey, readKey } from '../keys/encryption-key.ts'
import { hashingKey } from './keyring.ts'

type Watch = NonNullable<TokenStore['watch']>

/** What the keys of the store are called in the store within. */
export interface Names {
  of(key: string): Promise<string> | string
  /** Watches under the other name. */
  watching(watch: Watch): Watch
}

/** Names that are the keys, or hashes of them. */
export function namesOf(nameKey: EncryptionKey | undefined): Names {
  return nameKey === undefined ? { of: (key) => key, watching: (watch) => watch } : new HashedNames(nameKey)
}

/** Hashes that tell nothing of a key without the key of their own, and under which it is found again (HMAC-SHA-256). */
class HashedNames implements Names {
  readonly #key: Promise<CryptoKey>

  constructor(nameKey: EncryptionKey) {
    this.#key = hashingKey(readKey(nameKey, 'nameKey'))
  }

  async of(key: string): Promise<string> {
    const text = new TextEncoder().encode(JSON.stringify(key)) // JSON spells half a surrogate pair out
    return toBase64(new Uint8Array(await crypto.subtle.sign('HMAC', await this.#key, text)))
  }

  watching(watch: Watch): Watch {
    return (key, onChange) => {
      const stopping = new AbortController()
      const begin = async (): Promise<void> => {
        const name = await this.of(key)
        if (stopping.signal.aborted) return
        stopping.signal.addEventListener('abort', watch(name, onChange))
        queueMicrotask(onChange) // for what was written while the name was made
      }
      void begin()
      return () => stopping.abort()
    }
  }
}
