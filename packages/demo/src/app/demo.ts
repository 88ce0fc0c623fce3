import type { Context } from 'hono'
import type { Connection } from '../connection.ts'
import type { Session } from '../sessions/session.ts'
import type { Sessions } from '../sessions/sessions.ts'

/** What every route of the app uses. */
export interface Demo {
  /** The provider at which users log in. */
  readonly connection: Connection
  /** The origin of the app, such as `http://127.0.0.1:8888`. */
  readonly origin: string
  readonly sessions: Sessions
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** The context variables of hono. */
export interface Steps {
  readonly Variables: { session: Session }
}

/** The context of a request. */
export type Visit = Context<Steps>
