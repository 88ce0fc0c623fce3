import { GrantError } from '@grantkit/core'
import type { ErrorHandler, NotFoundHandler } from 'hono'
import { explain } from '../explain.ts'
import { broken, type Failure, failureOf, nothingHere } from '../failures.ts'
import { failurePage } from '../pages/failure-page.ts'
import type { Steps, Visit } from './demo.ts'

/** Shows a failure, with its status and the way on. */
export async function showFailure(context: Visit, failure: Failure): Promise<Response> {
  const { formToken, login } = context.var.session
  const { method, path } = context.req
  const { retryAfter } = failure.error ?? {}
  if (retryAfter !== undefined) context.header('retry-after', String(retryAfter))
  const form = method === 'POST' ? path : undefined
  return context.html(failurePage({ failure, formToken, loggedIn: login !== undefined, form }), failure.status)
}

/** Answers what no page of the app answers. */
export const noSuchPage: NotFoundHandler<Steps> = async (context) => showFailure(context, nothingHere)

/** Answers when a page has thrown: a `GrantError` is a failure to explain, anything else a mistake of the demo. */
export const failed: ErrorHandler<Steps> = async (error, context) => {
  if (error instanceof GrantError) return showFailure(context, failureOf(error))
  console.error(`The demo made a mistake: ${explain(error)}`)
  return showFailure(context, broken)
}
