import type { Context } from 'hono'
import type { Connection } from '../connection.ts'
import type { Session } from '../sessions/session.ts'
import type { Sessions } from '../sessions/sessions.ts'

/** What every page of the app works with. */
export interface Demo {
  /** Where users log in. */
  readonly connection: Connection
  /** The origin of the app, such as `http://127.0.0.1:8888`. */
  readonly origin: string
  readonly sessions: Sessions
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** What hono hands from one step to the next. */
export interface Steps {
  readonly Variables: { session: Session }
}

/** A request on its way through the app. */
export type Visit = Context<Steps>
