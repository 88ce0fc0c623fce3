import { redisStore } from '@grantkit/stores/redis'
import { createClient } from 'redis'
import type { Program } from '../program.ts'

export const openStore: Program['openStore'] = async ({ redisUrl = '' }) => {
  const client = createClient({ url: redisUrl })
  await client.connect()
  await client.flushAll()
  return {
    store: redisStore({ client }),
    bareRead: async (key) => (await client.get(`bare:${key}`)) ?? undefined,
    bareWrite: async (key, text) => void (await client.set(`bare:${key}`, text)),
    close: async () => client.destroy(),
  }
}
