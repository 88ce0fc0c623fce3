import { Session } from './session.ts'

const mostSessions = 1_000

/** The sessions of the app, in memory. When there are too many, the one that was used least lately goes. */
export class Sessions {
  readonly #sessions = new Map<string, Session>()

  /** The session of a cookie, if there still is one. */
  find(id: string | undefined): Session | undefined {
    const session = this.#sessions.get(id ?? '')
    if (session) this.#keep(session)
    return session
  }

  /** Opens a session. */
  open(): Session {
    return this.#keep(new Session())
  }

  /** Gives a session another id, because a login must not happen under one that somebody else may have set. */
  renew(session: Session): Session {
    this.close(session)
    return this.#keep(new Session(session))
  }

  /** Forgets a session, with its tokens. */
  close(session: Session): void {
    this.#sessions.delete(session.id)
  }

  #keep(session: Session): Session {
    this.#sessions.delete(session.id) // so that it becomes the youngest
    this.#sessions.set(session.id, session)
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > mostSessions && oldest !== undefined) this.#sessions.delete(oldest)
    return session
  }
}
