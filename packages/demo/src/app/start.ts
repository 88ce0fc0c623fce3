import type { Handler } from 'hono'
import { startPage } from '../pages/start-page.ts'
import type { Demo, Steps } from './demo.ts'

/** `GET /`: the way in; who is logged in already is sent on. */
export function start({ connection }: Demo): Handler<Steps> {
  return (context) => {
    const { session } = context.var
    if (session.login) return context.redirect('/account', 303)
    return context.html(
      startPage({ formToken: session.formToken, notice: session.takeNotice(), kind: connection.kind }),
    )
  }
}
