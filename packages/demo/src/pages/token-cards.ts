import { inspect } from 'node:util'
import type { ScopeDescription, Token } from '@grantkit/core'
import { html } from 'hono/html'
import type { Login } from '../sessions/session.ts'
import { button } from './form.ts'
import type { Markup } from './layout.ts'
import { day, minutesAndSeconds, timeOfDay } from './words.ts'

/** The lifetime of the token, and the refresh button. */
export function lifetimeCard({ login, formToken, now }: { login: Login; formToken: string; now: number }): Markup {
  const { token, issuedAt, refreshes } = login
  const { expiresAt, refreshExpiresAt } = token
  return html`<section class="card" aria-labelledby="token">
    <h2 id="token">The access token</h2>
    ${expiresAt === undefined ? html`<p>The server did not say when it expires.</p>` : lifetime(expiresAt, issuedAt, now)}
    <dl>
      <dt>Issued</dt>
      <dd>${timeOfDay(issuedAt)}</dd>
      <dt>Refreshed</dt>
      <dd>${refreshes === 0 ? 'not yet' : `${refreshes} ${refreshes === 1 ? 'time' : 'times'}`}</dd>
      ${refreshExpiresAt === undefined ? undefined : refreshable(refreshExpiresAt)}
    </dl>
    ${button('/refresh', 'Refresh the access token', { formToken })}
  </section>`
}

function lifetime(expiresAt: number, issuedAt: number, now: number): Markup {
  const left = Math.max(0, expiresAt - now)
  const whole = Math.max(1, expiresAt - issuedAt)
  const words = left === 0 ? 'It has expired.' : `${minutesAndSeconds(left)} left`
  return html`<p class="left">${words}</p>
    <progress max="${whole}" value="${left}" aria-label="Remaining life">${words}</progress>`
}

function refreshable(until: number): Markup {
  return html`<dt>Refreshable</dt>
    <dd>until ${day(until)}</dd>`
}

/** The granted and refused scopes with their descriptions in the preset. */
export function scopesCard(
  { scope, requestedScope = scope }: Token,
  scopes: Readonly<Record<string, ScopeDescription>> = {},
): Markup {
  const items = [...new Set([...scope, ...requestedScope])].map((name) =>
    scopeItem(name, scopes[name]?.description, scope.includes(name)),
  )
  const list = html`<ul class="scopes">
    ${items}
  </ul>`
  return html`<section class="card" aria-labelledby="scopes">
    <h2 id="scopes">What you agreed to</h2>
    ${items.length === 0 ? html`<p>Only access to public data.</p>` : list}
  </section>`
}

function scopeItem(
  name: string,
  description = 'A scope without a description in the preset.',
  granted: boolean,
): Markup {
  return html`<li class="${granted ? 'yes' : 'no'}">
    <span>${description}</span>
    <code>${name}</code>${granted ? '' : html`<em>not granted</em>`}
  </li>`
}

/** The token as it appears in a log. */
export function insideCard(token: Token): Markup {
  return html`<section class="card" aria-labelledby="inside">
    <h2 id="inside">The token in a log</h2>
    <p class="small">Wherever the library prints a token, its secrets are redacted.</p>
    <pre><code>${inspect(token, { breakLength: 30 })}</code></pre>
  </section>`
}
