import type { Handler } from 'hono'
import { startPage } from '../pages/start-page.ts'
import type { Demo, Steps } from './demo.ts'

/** `GET /`: the start page; redirects users who are logged in. */
export function start({ connection }: Demo): Handler<Steps> {
  return (context) => {
    const { session } = context.var
    if (session.login) return context.redirect('/account', 303)
    return context.html(
      startPage({ formToken: session.formToken, notice: session.takeNotice(), kind: connection.kind }),
    )
  }
}
