import type { GrantError, GrantErrorCode } from '../../errors/grant-error.ts'
import type { LoginOutcome } from './pending-login.ts'

/** A heading, and what the user can do. */
type Words = readonly [heading: string, advice: string]

const again = 'Return to the program and start the login again.'

const failures: Readonly<Partial<Record<GrantErrorCode, Words>>> = {
  authorization_denied: ['Access was not granted', 'Nothing was changed. You can close this window.'],
  aborted: ['The login was cancelled', 'You can close this window.'],
  transaction_expired: ['The login took too long', again],
  transaction_used: ['This login is already finished', again],
  network_error: ['The provider cannot be reached', `Check your connection. ${again}`],
  timeout: ['The provider did not respond in time', again],
  rate_limited: ['There were too many attempts', `Wait a moment. ${again}`],
  store_failed: ['The login could not be saved', `You were logged in, but the token could not be stored. ${again}`],
  issuer_mismatch: ['The response came from another provider', 'You were not logged in. The program tells you more.'],
  issuer_missing: ['The response does not say who sent it', 'You were not logged in. The program tells you more.'],
}
const otherFailure: Words = ['The login failed', 'You were not logged in. The program tells you more.']

const refusals: Readonly<Record<number, Words>> = {
  400: ['This page does not belong to the login', 'Return to the program and open the URL that it shows.'],
  404: ['There is nothing here', 'This address only finishes a login.'],
  410: ['This login is already finished', 'You can close this window and return to the program.'],
}
const otherRefusal: Words = [
  'This request cannot finish a login',
  'Return to the program and open the URL that it shows.',
]

/** The page that ends a login. It contains nothing from the request, and nothing that the provider sent. */
export function endPage(outcome: LoginOutcome, provider: string): string {
  if ('token' in outcome)
    return page([`You are logged in at ${provider}`, 'You can close this window and return to the program.'])
  const { code } = outcome.error satisfies GrantError
  return page(failures[code] ?? otherFailure, code)
}

/** The page for a request that does not finish the login. */
export function refusalPage(status: number): string {
  return page(refusals[status] ?? otherRefusal)
}

const style = `
:root { color-scheme: light dark; font: 1.125rem/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100svh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
main { max-width: 32rem; padding: 2rem 1.5rem; overflow-wrap: anywhere; }
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; line-height: 1.25; }
p { margin: 0; }
code { display: inline-block; margin-top: 1.5rem; opacity: 0.75; font-size: 0.875rem; }
`

function page([heading, advice]: Words, code?: string): string {
  const shown = code === undefined ? '' : `\n<code>${escape(code)}</code>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(heading)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1>${escape(heading)}</h1>
<p>${escape(advice)}</p>${shown}
</main>
</body>
</html>
`
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`)
}
