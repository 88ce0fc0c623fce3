import type { GrantError, GrantErrorAction, GrantErrorCode } from '@grantkit/core'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** A failure, as the user is told of it. */
export interface Failure {
  readonly status: ContentfulStatusCode
  readonly title: string
  /** What happened, and why. */
  readonly text: string
  /** What to do next. */
  readonly next: 'log_in' | 'try_again' | 'start'
  /** What the library said, where it was the library. */
  readonly error?: GrantError
}

/** No one is logged in, or not any more. */
export const notLoggedIn: Failure = {
  status: 403,
  title: 'You are not logged in',
  text: 'Either nobody has logged in here yet, or the session is lost: the demo keeps it in memory, until it is restarted.',
  next: 'log_in',
}

/** A form that no page of this session has sent. */
export const staleForm: Failure = {
  status: 403,
  title: 'This page is out of date',
  text: 'The button that you pressed belongs to a session that is over, or to another site. Nothing was done.',
  next: 'start',
}

/** An address that leads nowhere. */
export const nothingHere: Failure = {
  status: 404,
  title: 'There is no such page',
  text: 'The address may be mistyped, or it is one that only the buttons of the demo use.',
  next: 'start',
}

/** A mistake in the demo. */
export const broken: Failure = {
  status: 500,
  title: 'The demo made a mistake',
  text: 'This should not happen. The terminal in which the demo runs says more.',
  next: 'start',
}

/** Tells the user what a `GrantError` means: by its code where there is more to say than by its action. */
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

/** How a failure is explained; without `next`, its action says what to do. */
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
    title: 'This browser has no such login',
    text: 'The address belongs to no login that this browser has begun. The session may be lost, because the demo was restarted or its cookie deleted; or somebody else has sent you here. Nothing was done.',
  },
  transaction_expired: {
    status: 410,
    title: 'The login took too long',
    text: 'A login has to be finished within ten minutes. Nothing was lost: just begin again.',
  },
  transaction_used: {
    status: 409,
    title: 'This login was completed before',
    text: 'The address of a callback works once. It was opened a second time: reloaded, or found in the history of the browser. Nothing was sent.',
  },
  reauthorization_required: {
    status: 403,
    title: 'Please log in again',
    text: 'The authorization server does not accept the refresh token any more: access was taken back, or six months have passed.',
  },
  network_error: {
    status: 502,
    title: 'The authorization server cannot be reached',
    text: 'It does not answer, or the network is down. What you have done so far is still good.',
  },
  timeout: {
    status: 504,
    title: 'The authorization server takes too long',
    text: 'There was no complete answer in time. What you have done so far is still good.',
  },
  rate_limited: {
    status: 503,
    title: 'The authorization server asks for a pause',
    text: 'It has had too many requests. What you have done so far is still good.',
  },
}

const byAction: Readonly<Record<GrantErrorAction, Explanation>> = {
  reauthorize: {
    status: 400,
    title: 'The login did not work',
    text: 'What came back from the authorization server cannot be used. Nothing is broken: begin again.',
  },
  retry: {
    status: 502,
    title: 'The authorization server is in trouble',
    text: 'It could not answer just now. What you have done so far is still good.',
  },
  fix_configuration: {
    status: 500,
    title: 'The demo is not set up correctly',
    text: 'Its client is not registered as it should be. Compare the client ID, the secret and the redirect URI with those at the provider.',
  },
  report: {
    status: 502,
    title: 'The authorization server gave a strange answer',
    text: 'It answered with something that OAuth does not allow, or refused for a reason of its own.',
  },
  none: { status: 500, title: 'The request was given up', text: 'It was ended before there was an answer.' },
}
