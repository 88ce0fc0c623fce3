import { Session } from './session.ts'

const mostSessions = 1_000

/** The sessions of the app, in memory. When there are too many, the least recently used one is dropped. */
export class Sessions {
  readonly #sessions = new Map<string, Session>()

  /** The session of a cookie, if it still exists. */
  find(id: string | undefined): Session | undefined {
    const session = this.#sessions.get(id ?? '')
    if (session) this.#keep(session)
    return session
  }

  /** Opens a session. */
  open(): Session {
    return this.#keep(new Session())
  }

  /** Gives a session a new ID, because an attacker may have set the old one before the login. */
  renew(session: Session): Session {
    this.close(session)
    return this.#keep(new Session(session))
  }

  /** Deletes a session with its tokens. */
  close(session: Session): void {
    this.#sessions.delete(session.id)
  }

  #keep(session: Session): Session {
    this.#sessions.delete(session.id) // moves it to the end
    this.#sessions.set(session.id, session)
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > mostSessions && oldest !== undefined) this.#sessions.delete(oldest)
    return session
  }
}
