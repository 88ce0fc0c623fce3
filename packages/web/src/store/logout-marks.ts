import type { TokenStore } from '@grantkit/core'
import { shortHash } from '../cookies/base64url.ts'
import { working } from './working.ts'

/** Who an ID token or a logout token is about. */
export interface Subject {
  readonly iss: string
  readonly sub?: string | undefined
  /** The session at the provider. */
  readonly sid?: string | undefined
}

/** What the provider has said about logouts elsewhere (OpenID Connect Back-Channel Logout 1.0): marks that sessions are compared with. */
export class LogoutMarks {
  readonly #store: TokenStore

  constructor(store: TokenStore) {
    this.#store = store
  }

  /** Ends the sessions of one session at the provider or, without one, all sessions of a user that have begun by now. Rejects with `store_failed`. */
  mark(subject: Subject, lifetime: number): Promise<void> {
    return working(async () => {
      const now = await this.#store.now()
      const key = await (subject.sid === undefined ? keyOf('sub', subject) : keyOf('sid', subject))
      for (;;) {
        const { version } = (await this.#store.read(key)) ?? { version: 0 }
        if (await this.#store.compareAndSet(key, version, { value: String(now), until: now + lifetime })) return
      }
    })
  }

  /** Whether a session that has begun at a time, by the store's clock, was ended by the provider. Rejects with `store_failed`. */
  async hasEnded(subject: Subject, begunAt: number): Promise<boolean> {
    const marks = await Promise.all((['sid', 'sub'] as const).map((kind) => this.#markedAt(kind, subject)))
    return marks.some((at) => at !== undefined && begunAt <= at)
  }

  /** Whether a logout token was not seen before. Rejects with `store_failed`. */
  remember(id: string, until: number): Promise<boolean> {
    return working(async () => this.#store.compareAndSet(`web:jti:${await shortHash(id)}`, 0, { value: 'used', until }))
  }

  #markedAt(kind: 'sid' | 'sub', subject: Subject): Promise<number | undefined> {
    return working(async () => {
      if (subject[kind] === undefined) return undefined
      const value = (await this.#store.read(await keyOf(kind, subject)))?.value
      return value === undefined ? undefined : Number(value)
    })
  }
}

async function keyOf(kind: 'sid' | 'sub', subject: Subject): Promise<string> {
  return `web:${kind}:${await shortHash(JSON.stringify([subject.iss, subject[kind]]))}`
}
