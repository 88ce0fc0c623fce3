import type { TokenStore } from '@grantkit/core'

/**
 * A store to check, where nothing was written yet, and what the checks have to know of it.
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
  /** Opens the store once more, as another process would: another handle on the same data. A store in memory gives the one it is. */
  open(): Promise<TokenStore>
  /** Ends every handle that {@link TokenStoreFixture.open | open} gave. What a durable store keeps is there when it is opened again. */
  close(): Promise<void>
  /** Removes what was stored, after the last `close`. */
  remove?(): Promise<void>
  /** Whether what was written outlives all handles; true unless given. */
  readonly durable?: boolean | undefined
  /** How another process opens the store. Without it, nothing is checked across processes, and no process is killed. */
  readonly worker?: StoreWorker | undefined
}

/**
 * How another process opens the same store: with a module of its own. For the one below, that is
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
  /** The file URL of a module that the runtime can import as it is. Its default export takes the options and resolves to the store. */
  readonly module: string | URL
  /** What the default export is called with: anything that JSON can carry. */
  readonly options?: unknown
  /** Arguments for the runtime of the process, `--conditions=development` for example; none unless given. */
  readonly execArgv?: readonly string[] | undefined
}
