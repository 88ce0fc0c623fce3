import type { Handler } from 'hono'
import type { Demo, Steps } from './demo.ts'

/** `POST /logout`: forgets the session with its token. */
export function logOut({ sessions }: Demo): Handler<Steps> {
  return (context) => {
    sessions.close(context.var.session)
    const fresh = sessions.open()
    fresh.tell(
      'You are logged out, and the demo has forgotten your token. ' +
        'What you agreed to stays with the authorization server until you take it back there.',
    )
    context.set('session', fresh)
    return context.redirect('/', 303)
  }
}
