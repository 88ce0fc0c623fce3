import { GrantError } from '@grantkit/core'
import type { ErrorHandler, NotFoundHandler } from 'hono'
import { explain } from '../explain.ts'
import { broken, type Failure, failureOf, nothingHere } from '../failures.ts'
import { failurePage } from '../pages/failure-page.ts'
import type { Steps, Visit } from './demo.ts'

/** Shows a failure page with its status and next step. */
export async function showFailure(context: Visit, failure: Failure): Promise<Response> {
  const { formToken, login } = context.var.session
  const { method, path } = context.req
  const { retryAfter } = failure.error ?? {}
  if (retryAfter !== undefined) context.header('retry-after', String(retryAfter))
  const form = method === 'POST' ? path : undefined
  return context.html(failurePage({ failure, formToken, loggedIn: login !== undefined, form }), failure.status)
}

/** Handles unknown paths. */
export const noSuchPage: NotFoundHandler<Steps> = async (context) => showFailure(context, nothingHere)

/** Handles errors: a `GrantError` is explained to the user, anything else is a bug in the demo. */
export const failed: ErrorHandler<Steps> = async (error, context) => {
  if (error instanceof GrantError) return showFailure(context, failureOf(error))
  console.error(`Bug in the demo: ${explain(error)}`)
  return showFailure(context, broken)
}
