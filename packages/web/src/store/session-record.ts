import { GrantError, type TokenStore } from '@grantkit/core'

/** The record of a session: as long as it is there, the session lives. A logout ends every copy of its cookie. */
export class SessionRecord {
  readonly #store: TokenStore
  readonly #key: string

  constructor(store: TokenStore, id: string) {
    this.#store = store
    this.#key = `web:${id}`
  }

  /** Whether the session lives. Rejects with `store_failed`. */
  lives(): Promise<boolean> {
    return working(async () => (await this.#store.read(this.#key))?.value !== undefined)
  }

  /** Begins the session, for some milliseconds. Rejects with `store_failed`. */
  begin(lifetime: number): Promise<void> {
    return working(async () => {
      const until = (await this.#store.now()) + lifetime
      const { version } = (await this.#store.read(this.#key)) ?? { version: 0 }
      await this.#store.compareAndSet(this.#key, version, { value: 'session', until })
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

/** Runs calls of the store; whatever they reject with is `store_failed`. */
async function working<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof GrantError) throw error
    throw new GrantError('store_failed', 'the store of the sessions does not work', { cause: error })
  }
}
