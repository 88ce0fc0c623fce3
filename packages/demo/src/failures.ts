import type { GrantError, GrantErrorAction, GrantErrorCode } from '@grantkit/core'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** A failure, as shown to the user. */
export interface Failure {
  readonly status: ContentfulStatusCode
  readonly title: string
  /** What happened, and why. */
  readonly text: string
  /** What to do next. */
  readonly next: 'log_in' | 'try_again' | 'start'
  /** The error of the library, if there is one. */
  readonly error?: GrantError
}

/** The user is not logged in, or not any more. */
export const notLoggedIn: Failure = {
  status: 403,
  title: 'You are not logged in',
  text: 'You have not logged in yet, or your session was lost: the demo keeps sessions in memory until it is restarted.',
  next: 'log_in',
}

/** A form from another session or site. */
export const staleForm: Failure = {
  status: 403,
  title: 'This page is out of date',
  text: 'The button that you pressed belongs to an old session or to another site. Nothing was changed.',
  next: 'start',
}

/** An unknown path. */
export const nothingHere: Failure = {
  status: 404,
  title: 'Page not found',
  text: 'Check the address. Some addresses only work through the buttons of the demo.',
  next: 'start',
}

/** A bug in the demo. */
export const broken: Failure = {
  status: 500,
  title: 'Something went wrong in the demo',
  text: 'This is a bug. The terminal of the demo has the details.',
  next: 'start',
}

/** Explains a `GrantError` to the user, by its code or else by its action. */
export function failureOf(error: GrantError): Failure {
  return { next: nextSteps[error.action], ...(byCode[error.code] ?? byAction[error.action]), error }
}

const nextSteps: Readonly<Record<GrantErrorAction, Failure['next']>> = {
  reauthorize: 'log_in',
  retry: 'try_again',
  fix_configuration: 'start',
  report: 'start',
  none: 'start',
}

/** The explanation of a failure; `next` defaults to the one of its action. */
type Explanation = Pick<Failure, 'status' | 'title' | 'text'> & Partial<Pick<Failure, 'next'>>

const byCode: Readonly<Partial<Record<GrantErrorCode, Explanation>>> = {
  authorization_denied: {
    status: 403,
    title: 'Access was not granted',
    text: 'The authorization server says that access was denied. Nothing was shared, and the demo got no token.',
    next: 'log_in',
  },
  state_mismatch: {
    status: 400,
    title: 'This login does not belong to this browser',
    text: 'This browser did not start the login. The demo may have been restarted, the cookie may have been deleted, or the link may have come from someone else. Nothing was changed.',
  },
  transaction_expired: {
    status: 410,
    title: 'The login took too long',
    text: 'A login has to be completed within ten minutes. Please start again.',
  },
  transaction_used: {
    status: 409,
    title: 'This login is already complete',
    text: 'A callback address works only once. It was opened again, by a reload or from the browser history. Nothing was sent.',
  },
  reauthorization_required: {
    status: 403,
    title: 'Please log in again',
    text: 'The authorization server no longer accepts the refresh token: access was revoked, or six months have passed.',
  },
  network_error: {
    status: 502,
    title: 'The authorization server cannot be reached',
    text: 'It does not respond, or the network is down. Nothing was lost.',
  },
  timeout: {
    status: 504,
    title: 'The authorization server takes too long',
    text: 'There was no complete response in time. Nothing was lost.',
  },
  rate_limited: {
    status: 503,
    title: 'Too many requests',
    text: 'The authorization server asks you to wait. Nothing was lost.',
  },
}

const byAction: Readonly<Record<GrantErrorAction, Explanation>> = {
  reauthorize: {
    status: 400,
    title: 'The login did not work',
    text: 'The response of the authorization server cannot be used. Please start again.',
  },
  retry: {
    status: 502,
    title: 'The authorization server has a problem',
    text: 'It could not handle the request right now. Nothing was lost.',
  },
  fix_configuration: {
    status: 500,
    title: 'The demo is not set up correctly',
    text: 'The registration of its client does not match. Compare the client ID, the secret and the redirect URI with those at the provider.',
  },
  report: {
    status: 502,
    title: 'Unexpected response from the authorization server',
    text: 'The response violates OAuth, or the server refused the request for a reason of its own.',
  },
  none: { status: 500, title: 'The request was aborted', text: 'It was aborted before there was a response.' },
}
