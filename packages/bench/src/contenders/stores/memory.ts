import { memoryStore } from '@grantkit/core'
import type { Program } from '../program.ts'

export const openStore: Program['openStore'] = async () => {
  const bare = new Map<string, string>()
  return {
    store: memoryStore(),
    bareRead: async (key) => bare.get(key),
    bareWrite: async (key, text) => void bare.set(key, text),
    close: async () => {},
  }
}
