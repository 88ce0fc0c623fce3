import type { TokenStore } from '@grantkit/core'

/** The store that another process opens, and its location. */
export type StoreAddress =
  | { readonly store: 'file' | 'sqlite'; readonly path: string }
  | (RedisAddress & { readonly store: 'redis'; readonly prefix: string })
  | { readonly store: 'postgres'; readonly driver: 'pg' | 'postgres'; readonly url: string; readonly table: string }
  | { readonly store: 'encrypted'; readonly within: StoreAddress; readonly keys: readonly [string, ...string[]] }

/** A client of either package, or of a cluster. */
export interface RedisAddress {
  readonly driver: 'redis' | 'ioredis'
  readonly url: string
  readonly cluster?: boolean
}

/** A store and how to close it. */
export interface OpenStore {
  readonly store: TokenStore
  close(): Promise<void>
}

/** Opens a store as an application does. Each is imported here, so a process loads only the one it needs. */
export async function openStore(address: StoreAddress): Promise<OpenStore> {
  switch (address.store) {
    case 'file': {
      const { fileStore } = await import('@grantkit/stores/file')
      const store = fileStore(address)
      return { store, close: () => store.close() }
    }
    case 'sqlite': {
      const { sqliteStore } = await import('@grantkit/stores/sqlite')
      const store = sqliteStore(address)
      return { store, close: () => store.close() }
    }
    case 'redis': {
      const { redisStore } = await import('@grantkit/stores/redis')
      const { client, close } = await redisClient(address)
      return { store: redisStore({ client, prefix: address.prefix }), close }
    }
    case 'postgres': {
      const { postgresStore } = await import('@grantkit/stores/postgres')
      const { pool, close } = await postgresPool(address)
      const store = postgresStore({ pool, table: address.table })
      await store.migrate()
      return { store, close }
    }
    default: {
      const { encryptedStore } = await import('@grantkit/stores/encrypted')
      const { store, close } = await openStore(address.within)
      return { store: encryptedStore(store, address), close }
    }
  }
}

/** The entry point of a process of `describeTokenStore`. */
export default async (address: StoreAddress): Promise<TokenStore> => (await openStore(address)).store

/** A connected client. */
export async function redisClient({ driver, url, cluster }: RedisAddress) {
  if (driver === 'redis') {
    const { createClient, createCluster } = await import('redis')
    const client = cluster ? createCluster({ rootNodes: [{ url }] }) : createClient({ url })
    client.on('error', () => {})
    await client.connect()
    return { client, close: () => client.close() }
  }
  const { Cluster, Redis } = await import('ioredis')
  const client = cluster ? new Cluster([url]) : new Redis(url)
  client.on('error', () => {})
  return { client, close: async () => void (await client.quit()) }
}

/** A pool of either package. */
export async function postgresPool({ driver, url }: { driver: 'pg' | 'postgres'; url: string }) {
  if (driver === 'pg') {
    const { Pool } = await import('pg')
    const pool = new Pool({ connectionString: url })
    pool.on('error', () => {})
    return { pool, close: () => pool.end() }
  }
  const { default: postgres } = await import('postgres')
  const pool = postgres(url)
  return { pool, close: () => pool.end() }
}
