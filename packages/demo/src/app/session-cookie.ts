import type { MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Demo, Steps } from './demo.ts'

/** Finds or opens the session of a request. If a route changes the session, the cookie is replaced. */
export function withSession({ sessions, origin }: Demo): MiddlewareHandler<Steps> {
  const name = `grantkit_demo_${new URL(origin).port}` // cookies ignore ports, so two demos need different names
  return async (context, next) => {
    const id = getCookie(context, name)
    context.set('session', sessions.find(id) ?? sessions.open())
    await next()
    if (context.var.session.id === id) return
    setCookie(context, name, context.var.session.id, { path: '/', httpOnly: true, sameSite: 'Lax' })
  }
}
