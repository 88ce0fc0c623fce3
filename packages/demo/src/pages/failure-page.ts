import { html } from 'hono/html'
import type { Failure } from '../failures.ts'
import { button, linkButton, type Look } from './form.ts'
import { type Markup, page } from './layout.ts'

/** The content of a failure page. */
export interface FailureView {
  readonly failure: Failure
  readonly formToken: string
  readonly loggedIn: boolean
  /** The path of the failed form; absent for a page. */
  readonly form: string | undefined
}

/** Shows what happened and what to do next. */
export function failurePage(view: FailureView): Markup {
  const { title, text, error } = view.failure
  const content = html`<section class="card failure">
    <p class="badge" aria-hidden="true">!</p>
    <h1>${title}</h1>
    <p>${text}</p>
    <div class="actions">${waysOn(view)}</div>
    ${error ? details(error) : undefined}
  </section>`
  return page(title, content)
}

/** The most useful action comes first. A user who is logged in does not have to log in again after a failed callback. */
function waysOn(view: FailureView): readonly Markup[] {
  const { failure, loggedIn, form } = view
  const backFirst = failure.next === 'start' || (failure.next === 'log_in' && loggedIn && form === undefined)
  const ways = [nextStep, wayBack]
  if (backFirst) ways.reverse()
  return ways.flatMap((way, place) => way(view, place === 0 ? 'main' : 'quiet'))
}

function nextStep({ failure: { next }, form, formToken }: FailureView, look: Look): Markup | readonly [] {
  if (next === 'log_in') return button('/login', 'Log in with Spotify', { formToken, look })
  if (next === 'start') return []
  return form === undefined ? linkButton('', 'Try again', look) : button(form, 'Try again', { formToken, look })
}

function wayBack({ loggedIn }: FailureView, look: Look): Markup {
  return loggedIn ? linkButton('/account', 'Go to your profile', look) : linkButton('/', 'Go to the start page', look)
}

/** For developers: the error of the library. The provider's message is untrusted and escaped. */
function details({ code, action, message, oauth }: NonNullable<Failure['error']>): Markup {
  const rows = Object.entries({ code, action, message, 'server error': oauth?.error })
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd><code>${value}</code></dd>`,
    )
  return html`<div class="details">
    <h2>Error details</h2>
    <dl>${rows}</dl>
  </div>`
}
