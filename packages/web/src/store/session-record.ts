import type { TokenStore } from '@grantkit/core'
import { working } from './working.ts'

/** The record of a session: as long as it is there, the session lives. A logout ends every copy of its cookie. */
export class SessionRecord {
  readonly #store: TokenStore
  readonly #key: string

  constructor(store: TokenStore, id: string) {
    this.#store = store
    this.#key = `web:${id}`
  }

  /** When the session began, by the store's clock; undefined if it has ended. Rejects with `store_failed`. */
  begunAt(): Promise<number | undefined> {
    return working(async () => {
      const value = (await this.#store.read(this.#key))?.value
      return value === undefined ? undefined : Number(value)
    })
  }

  /** Begins the session, for some milliseconds. Rejects with `store_failed`. */
  begin(lifetime: number): Promise<void> {
    return working(async () => {
      const now = await this.#store.now()
      const { version } = (await this.#store.read(this.#key)) ?? { version: 0 }
      await this.#store.compareAndSet(this.#key, version, { value: String(now), until: now + lifetime })
    })
  }

  /** Ends the session, and resolves to whether it was alive. Rejects with `store_failed`. */
  end(): Promise<boolean> {
    return working(async () => {
      for (;;) {
        const stored = await this.#store.read(this.#key)
        if (stored?.value === undefined) return false
        if (await this.#store.compareAndSet(this.#key, stored.version, {})) return true
      }
    })
  }
}
