import type { TokenStore } from '@grantkit/core'

/**
 * An empty store to check, and what the checks need to know about it.
 *
 * @example
 * ```ts
 * import { mkdtemp, rm } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { type SqliteStore, sqliteStore } from '@grantkit/stores/sqlite'
 * import { describeTokenStore } from '@grantkit/testing'
 *
 * describeTokenStore('in a database', async () => {
 *   const folder = await mkdtemp(join(tmpdir(), 'tokens-'))
 *   const stores: SqliteStore[] = []
 *   return {
 *     async open() {
 *       const store = sqliteStore({ path: join(folder, 'tokens.db') })
 *       stores.push(store)
 *       return store
 *     },
 *     close: async () => void (await Promise.all(stores.splice(0).map((store) => store.close()))),
 *     remove: () => rm(folder, { recursive: true }),
 *   }
 * })
 * ```
 */
export interface TokenStoreFixture {
  /** Opens another handle on the same data, as another process would. A store in memory returns itself. */
  open(): Promise<TokenStore>
  /** Closes every handle that {@link TokenStoreFixture.open | open} returned. A durable store keeps its data until it is opened again. */
  close(): Promise<void>
  /** Removes the data, after the last `close`. */
  remove?(): Promise<void>
  /** Whether data outlives every handle. By default `true`. */
  readonly durable?: boolean | undefined
  /** How another process opens the store. Without it, the checks across processes are skipped. */
  readonly worker?: StoreWorker | undefined
}

/**
 * A module with which another process opens the same store. For the one below, that is
 * `{ module: new URL('open-store.ts', import.meta.url), options: { path } }`.
 *
 * @example
 * ```ts
 * // open-store.ts
 * import type { TokenStore } from '@grantkit/core'
 * import { sqliteStore } from '@grantkit/stores/sqlite'
 *
 * export default async ({ path }: { path: string }): Promise<TokenStore> => sqliteStore({ path })
 * ```
 */
export interface StoreWorker {
  /** The file URL of a module that the runtime can import directly. Its default export takes the options and resolves to the store. */
  readonly module: string | URL
  /** The argument of the default export: any JSON value. */
  readonly options?: unknown
  /** Arguments for the runtime of the process, such as `--conditions=development`. By default none. */
  readonly execArgv?: readonly string[] | undefined
}
