import { html } from 'hono/html'
import type { Failure } from '../failures.ts'
import { button, linkButton, type Look } from './form.ts'
import { type Markup, page } from './layout.ts'

/** What a failure page shows. */
export interface FailureView {
  readonly failure: Failure
  readonly formToken: string
  readonly loggedIn: boolean
  /** The address of the form that failed; absent for a page that was opened. */
  readonly form: string | undefined
}

/** Says what happened, and what to do next. */
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

/** The best thing to do comes first. Who is logged in need not do it again because a callback failed. */
function waysOn(view: FailureView): readonly Markup[] {
  const { failure, loggedIn, form } = view
  const backFirst = failure.next === 'start' || (failure.next === 'log_in' && loggedIn && form === undefined)
  const ways = [nextStep, wayBack]
  if (backFirst) ways.reverse()
  return ways.flatMap((way, place) => way(view, place === 0 ? 'main' : 'quiet'))
}

function nextStep({ failure: { next }, form, formToken }: FailureView, look: Look): Markup | readonly [] {
  if (next === 'log_in') return button('/login', 'Log in with Spotify', formToken, look)
  if (next === 'start') return []
  return form === undefined ? linkButton('', 'Try again', look) : button(form, 'Try again', formToken, look)
}

function wayBack({ loggedIn }: FailureView, look: Look): Markup {
  return loggedIn ? linkButton('/account', 'Go to your profile', look) : linkButton('/', 'Go to the start page', look)
}

/** For developers: the error as the library gives it. What the provider said is untrusted text, and escaped as such. */
function details({ code, action, message, oauth }: NonNullable<Failure['error']>): Markup {
  const rows = Object.entries({ code, action, message, 'the server said': oauth?.error })
    .filter(([, value]) => value !== undefined)
    .map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd><code>${value}</code></dd>`,
    )
  return html`<div class="details">
    <h2>What the library says</h2>
    <dl>${rows}</dl>
  </div>`
}
