import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { staleForm } from '../failures.ts'
import { sameId } from '../sessions/random-id.ts'
import type { Demo, Steps } from './demo.ts'
import { showFailure } from './failed.ts'

/**
 * Serves only its own origin: otherwise another host name that resolves here would make the app part of that site.
 * `localhost` is redirected to the host of the callback, because a cookie belongs to one host.
 */
export function ownHost({ origin }: Demo): MiddlewareHandler<Steps> {
  const { host } = new URL(origin)
  const localhost = host.replace('127.0.0.1', 'localhost')
  return async (context, next) => {
    const asked = context.req.header('host')
    if (asked === host) return next()
    const { pathname, search } = new URL(context.req.url)
    return asked === localhost && context.req.method === 'GET'
      ? context.redirect(origin + pathname + search, 307)
      : context.text(`Wrong host: this app is served at ${origin}.\n`, 421)
  }
}

/** Refuses large forms. */
export const smallForms: MiddlewareHandler<Steps> = bodyLimit({
  maxSize: 16 * 1024,
  onError: (context) => context.text('This form is too large.\n', 413),
})

/** Accepts only forms from pages of the same session. */
export const ownForms: MiddlewareHandler<Steps> = async (context, next) => {
  if (context.req.method !== 'POST') return next()
  const site = context.req.header('sec-fetch-site') ?? 'same-origin' // another port of this host is `same-site`
  const { form_token }: { form_token?: unknown } = await context.req.parseBody().catch(() => ({}))
  const own = site === 'same-origin' && sameId(form_token, context.var.session.formToken)
  return own ? next() : showFailure(context, staleForm)
}
