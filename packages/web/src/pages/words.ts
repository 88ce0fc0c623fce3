import type { GrantError, GrantErrorAction, GrantErrorCode } from '@grantkit/core'

/** What a user is told of a failure. Nothing of it comes from the provider. */
export interface Words {
  readonly status: number
  readonly title: string
  readonly text: string
}

/** The words for an error, by its code or else by its action. */
export function wordsFor({ code, action }: Pick<GrantError, 'code' | 'action'>): Words {
  return byCode[code] ?? byAction[action]
}

const byCode: Readonly<Partial<Record<GrantErrorCode, Words>>> = {
  authorization_denied: {
    status: 403,
    title: 'You did not agree to the login',
    text: 'Access was denied, so nothing was shared. You can log in again at any time.',
  },
  state_mismatch: {
    status: 400,
    title: 'This login was not started in this browser',
    text: 'The link may come from someone else, or the cookies of this site were deleted. Nothing was changed.',
  },
  transaction_expired: {
    status: 410,
    title: 'The login took too long',
    text: 'A login has to be completed within ten minutes.',
  },
  transaction_used: {
    status: 409,
    title: 'This login is already complete',
    text: 'The address of a completed login works only once, and it was opened again.',
  },
  network_error: {
    status: 502,
    title: 'The login service cannot be reached',
    text: 'It does not respond at the moment. Reload this page to try again.',
  },
  timeout: {
    status: 504,
    title: 'The login service takes too long',
    text: 'There was no response in time. Reload this page to try again.',
  },
  rate_limited: {
    status: 503,
    title: 'Too many people are logging in',
    text: 'The login service asks you to wait a moment. Then reload this page.',
  },
  store_failed: {
    status: 503,
    title: 'Sessions are not available',
    text: 'This site cannot read or write sessions at the moment. Please try again later.',
  },
}

const byAction: Readonly<Record<GrantErrorAction, Words>> = {
  reauthorize: { status: 400, title: 'The login did not work', text: 'Its result cannot be used. Please start again.' },
  retry: {
    status: 502,
    title: 'The login service has a problem',
    text: 'It could not handle the login. Reload this page to try again.',
  },
  fix_configuration: {
    status: 500,
    title: 'The login is not set up correctly',
    text: 'This is a mistake of this site, and not yours. Its operators can find the details in their logs.',
  },
  report: {
    status: 502,
    title: 'The login did not work',
    text: 'The login service sent an unexpected response. If it happens again, tell the operators of this site.',
  },
  none: { status: 500, title: 'The login was stopped', text: 'It was stopped before it was complete.' },
}
