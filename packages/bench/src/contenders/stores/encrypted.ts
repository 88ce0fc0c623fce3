// Encryption around the store in memory, so that it is all there is to see; by hand, the same encryption around a map.
import { memoryStore } from '@grantkit/core'
import { encryptedStore, generateKey } from '@grantkit/stores/encrypted'
import type { Program } from '../program.ts'

interface Sealed {
  readonly iv: Uint8Array<ArrayBuffer>
  readonly text: ArrayBuffer
}

export const openStore: Program['openStore'] = async () => {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const bare = new Map<string, Sealed>()
  return {
    store: encryptedStore(memoryStore(), { keys: [generateKey()] }),
    async bareRead(name) {
      const sealed = bare.get(name)
      if (!sealed) return undefined
      const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv }, key, sealed.text)
      return new TextDecoder().decode(text)
    },
    async bareWrite(name, text) {
      const iv = crypto.getRandomValues(new Uint8Array(12))
      bare.set(name, {
        iv,
        text: await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, new TextEncoder().encode(text)),
      })
    },
    close: async () => {},
  }
}
