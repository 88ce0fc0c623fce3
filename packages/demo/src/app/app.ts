import { Hono } from 'hono'
import type { Connection } from '../connection.ts'
import { Sessions } from '../sessions/sessions.ts'
import { account } from './account.ts'
import type { Demo, Steps } from './demo.ts'
import { failed, noSuchPage } from './failed.ts'
import { ownForms, ownHost, smallForms } from './guards.ts'
import { headers } from './headers.ts'
import { beginLogin, finishLogin } from './login.ts'
import { logOut } from './log-out.ts'
import { refresh } from './refresh.ts'
import { withSession } from './session-cookie.ts'
import { start } from './start.ts'

/** Options of the app. */
export interface AppOptions {
  /** The provider at which users log in. */
  readonly connection: Connection
  /** The origin of the app, such as `http://127.0.0.1:8888`. */
  readonly origin: string
  /** The current time in milliseconds since the epoch. By default that of the machine. */
  readonly now?: (() => number) | undefined
}

/** The web app: a login, a profile, a refresh, a logout. It does no I/O before the first request. */
export function createApp({ connection, origin, now = Date.now }: AppOptions): Hono<Steps> {
  const demo: Demo = { connection, origin, now, sessions: new Sessions() }
  const app = new Hono<Steps>()
  app.use(headers(demo), ownHost(demo), withSession(demo), smallForms, ownForms)
  app.get('/', start(demo))
  app.post('/login', beginLogin(demo))
  app.get('/callback', finishLogin(demo))
  app.get('/account', account(demo))
  app.post('/refresh', refresh(demo))
  app.post('/logout', logOut(demo))
  app.notFound(noSuchPage)
  app.onError(failed)
  return app
}
