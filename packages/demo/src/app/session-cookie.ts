import type { MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import type { Demo, Steps } from './demo.ts'

/** Finds the session of a request, or opens one. A page that goes on with another session has its cookie replaced. */
export function withSession({ sessions, origin }: Demo): MiddlewareHandler<Steps> {
  const name = `grantkit_demo_${new URL(origin).port}` // cookies do not know ports: two demos need names of their own
  return async (context, next) => {
    const id = getCookie(context, name)
    context.set('session', sessions.find(id) ?? sessions.open())
    await next()
    if (context.var.session.id === id) return
    setCookie(context, name, context.var.session.id, { path: '/', httpOnly: true, sameSite: 'Lax' })
  }
}
