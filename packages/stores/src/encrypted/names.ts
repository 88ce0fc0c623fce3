import type { TokenStore } from '@grantkit/core'
import { toBase64 } from '../keys/base64.ts'
import { type EncryptionKey, readKey } from '../keys/encryption-key.ts'
import { hashingKey } from './keyring.ts'

type Watch = NonNullable<TokenStore['watch']>

/** Maps store keys to keys of the inner store. */
export interface Names {
  of(key: string): Promise<string> | string
  /** Watches the mapped key. */
  watching(watch: Watch): Watch
}

/** The keys themselves, or hashes of them. */
export function namesOf(nameKey: EncryptionKey | undefined): Names {
  return nameKey === undefined ? { of: (key) => key, watching: (watch) => watch } : new HashedNames(nameKey)
}

/** Deterministic hashes that reveal nothing about a store key without the name key (HMAC-SHA-256). */
class HashedNames implements Names {
  readonly #key: Promise<CryptoKey>

  constructor(nameKey: EncryptionKey) {
    this.#key = hashingKey(readKey(nameKey, 'nameKey'))
  }

  async of(key: string): Promise<string> {
    const bytes = new TextEncoder().encode(JSON.stringify(key)) // JSON escapes lone surrogates
    return toBase64(new Uint8Array(await crypto.subtle.sign('HMAC', await this.#key, bytes)))
  }

  watching(watch: Watch): Watch {
    return (key, onChange) => {
      const stopping = new AbortController()
      const begin = async (): Promise<void> => {
        const name = await this.of(key)
        if (stopping.signal.aborted) return
        stopping.signal.addEventListener('abort', watch(name, onChange))
        queueMicrotask(onChange) // for writes while the hash was computed
      }
      void begin()
      return () => stopping.abort()
    }
  }
}
