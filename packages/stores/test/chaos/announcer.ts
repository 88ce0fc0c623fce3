import type { TokenStore } from '@grantkit/core'
import type { Step, WorkerNews, WorkerOrder } from './messages.ts'

/** Reports the steps of a refresh, and stops at one if told to. */
export class Announcer {
  readonly tell: (news: WorkerNews) => void
  readonly #stops = new Map<string, Step>()
  readonly #stopped = new Map<string, () => void>()

  constructor(tell: (news: WorkerNews) => void) {
    this.tell = tell
  }

  /** Stops at another step, or at none; continues from the current one. */
  obey({ key, step }: WorkerOrder): void {
    if (step) this.#stops.set(key, step)
    else this.#stops.delete(key)
    this.#stopped.get(key)?.()
  }

  /** A `fetch` that adds the sender and the time. */
  fetch(key: string, id: number): typeof globalThis.fetch {
    return async (input, init) => {
      await this.#at(key, 'sending')
      const headers = new Headers(init?.headers)
      headers.set('worker', String(id))
      headers.set('sent-at', String(Date.now()))
      const response = await fetch(input, { ...init, headers })
      await this.#at(key, 'answered')
      return response
    }
  }

  /** A store whose calls are steps of a refresh. */
  store(key: string, store: TokenStore): TokenStore {
    const state = { stored: false, generation: Infinity }
    const { watch } = store
    return {
      read: (...parameters) => store.read(...parameters),
      renew: (...parameters) => store.renew(...parameters),
      now: () => store.now(),
      acquire: async (...parameters) => {
        state.stored = false
        const acquired = await store.acquire(...parameters)
        if (acquired) await this.#at(key, 'leased')
        return acquired
      },
      release: async (...parameters) => {
        await store.release(...parameters)
        if (state.stored) await this.#at(key, 'released')
      },
      compareAndSet: async (name, expected, write) => {
        const { intent, generation = 0, tokens } = recordIn(write.value)
        const fresh = !intent && generation > state.generation ? tokens?.[''].token.refreshToken : undefined
        if (fresh !== undefined) await this.#at(key, 'storing')
        const written = await store.compareAndSet(name, expected, write)
        if (!written) return false
        state.generation = generation
        state.stored = fresh !== undefined
        if (fresh !== undefined) this.tell({ key, stored: fresh })
        if (intent) await this.#at(key, 'noted')
        if (fresh !== undefined) await this.#at(key, 'stored')
        return true
      },
      ...(watch && { watch: watch.bind(store) }),
    }
  }

  async #at(key: string, step: Step): Promise<void> {
    if (this.#stops.get(key) !== step) return
    this.tell({ key, at: step })
    await new Promise<void>((resolve) => this.#stopped.set(key, resolve))
    this.#stopped.delete(key)
  }
}

interface Written {
  readonly intent?: unknown
  readonly generation?: number
  readonly tokens?: { readonly '': { readonly token: { readonly refreshToken: string } } }
}

function recordIn(text: string | undefined): Written {
  return text === undefined ? {} : (JSON.parse(text) as Written)
}
