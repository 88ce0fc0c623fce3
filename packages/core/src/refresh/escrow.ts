import type { Keeping } from './record-keeper.ts'
import { checkOwner, parseRecord, serialise } from './record-json.ts'
import type { TokenRecord } from './token-record.ts'

/** The second store, where a record waits while the first is away. It may fail without consequence: nothing is only there. */
export class Escrow {
  readonly #with: Pick<Keeping, 'escrow' | 'key' | 'owner' | 'boundTo'>
  /** Whether something may be in it: unknown until it was looked at. */
  #mayHold = true

  constructor(keeping: Pick<Keeping, 'escrow' | 'key' | 'owner' | 'boundTo'>) {
    this.#with = keeping
  }

  /** The record that waits there, if there is one of this key and owner. */
  async record(): Promise<TokenRecord | undefined> {
    const { escrow, key } = this.#with
    if (!escrow) return undefined
    try {
      const { value } = (await escrow.read(key)) ?? {}
      this.#mayHold = value !== undefined
      const found = value === undefined ? undefined : parseRecord(value)
      return found && 'record' in found ? checkOwner(found.record, this.#with) : undefined
    } catch {
      return undefined // it is away, or holds what is not ours
    }
  }

  /** Keeps a record, in place of what was there; resolves to whether it is safe. */
  async keep(record: TokenRecord): Promise<boolean> {
    const { escrow, key } = this.#with
    this.#mayHold = true
    try {
      const { version = 0 } = (await escrow?.read(key)) ?? {}
      return (await escrow?.compareAndSet(key, version, { value: serialise(record) })) ?? false
    } catch {
      return false
    }
  }

  /** Forgets what is in it, whoever put it there, and whoever writes meanwhile: the user has logged out. */
  async forget(): Promise<void> {
    const { escrow, key } = this.#with
    try {
      for (;;) {
        const { version = 0, value } = (await escrow?.read(key)) ?? {}
        if (value === undefined || (await escrow?.compareAndSet(key, version, {}))) break
      }
      this.#mayHold = false
    } catch {
      this.#mayHold = true // it is away: the next one who finds it there empties it
    }
  }

  /** Forgets what is in it: it was brought home, or is behind. */
  async empty(): Promise<void> {
    const { escrow, key } = this.#with
    if (!escrow || !this.#mayHold) return
    try {
      const { version = 0, value } = (await escrow.read(key)) ?? {}
      if (value === undefined || (await escrow.compareAndSet(key, version, {}))) this.#mayHold = false
    } catch {
      // it is away: the next one who finds it there empties it
    }
  }
}
