import type { TokenStoreFixture } from '@grantkit/testing'
import { openStore, type OpenStore, type StoreAddress } from './open-store.ts'

/** The fixture of a store for `describeTokenStore`, in this process and in others. */
export function fixtureOf(address: StoreAddress, remove?: () => Promise<void>): TokenStoreFixture {
  const opened: OpenStore[] = []
  return {
    async open() {
      const handle = await openStore(address)
      opened.push(handle)
      return handle.store
    },
    async close() {
      await Promise.all(opened.splice(0).map((handle) => handle.close()))
    },
    worker: { module: new URL('open-store.ts', import.meta.url), options: address },
    ...(remove && { remove }),
  }
}
