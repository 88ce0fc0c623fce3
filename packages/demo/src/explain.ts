import { GrantError } from '@grantkit/core'

/** An error in a few words for the terminal: the message, and for a `GrantError` its code and action. */
export function explain(error: unknown): string {
  if (error instanceof GrantError)
    return `${error.message}${because(error.cause)} (code ${error.code}, action ${error.action})`
  return error instanceof Error ? `${error.message}${because(error.cause)}` : String(error)
}

/** The last cause is the actual reason. */
function because(cause: unknown): string {
  if (!(cause instanceof Error)) return ''
  const { message, code = '' }: { message: string; code?: string } = cause
  return because(cause.cause) || `: ${message || code}`
}
