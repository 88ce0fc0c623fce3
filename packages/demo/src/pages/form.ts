import { html } from 'hono/html'
import type { Markup } from './layout.ts'

/** How much a button asks to be pressed. */
export type Look = 'main' | 'quiet'

/** A button that does something: every one is a form of its own, and carries the token of the session. */
export function button(action: string, label: string, formToken: string, look: Look = 'main'): Markup {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="form_token" value="${formToken}" />
    <button class="${look}">${label}</button>
  </form>`
}

/** A link that looks like a button. */
export function linkButton(href: string, label: string, look: Look = 'main'): Markup {
  return html`<a class="button ${look}" href="${href}">${label}</a>`
}
