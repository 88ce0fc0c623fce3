import type { Handler } from 'hono'
import type { Demo, Steps } from './demo.ts'

/** `POST /logout`: deletes the session and its token. */
export function logOut({ sessions }: Demo): Handler<Steps> {
  return (context) => {
    sessions.close(context.var.session)
    const fresh = sessions.open()
    fresh.tell(
      'You are logged out, and the demo has deleted your token. ' +
        'The authorization server keeps your consent until you revoke it there.',
    )
    context.set('session', fresh)
    return context.redirect('/', 303)
  }
}
