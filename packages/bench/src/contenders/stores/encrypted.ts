// Encryption around the store in memory, so that it is all there is to see.
import { memoryStore } from '@grantkit/core'
import { encryptedStore, generateKey } from '@grantkit/stores/encrypted'
import type { Program } from '../program.ts'
import { openStore as openMemory } from './memory.ts'

export const openStore: Program['openStore'] = async (place) => {
  const memory = await openMemory?.(place)
  if (!memory) throw new Error('there is no memory')
  return { ...memory, store: encryptedStore(memoryStore(), { keys: [generateKey()] }) }
}
