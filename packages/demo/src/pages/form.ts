import { html } from 'hono/html'
import type { Markup } from './layout.ts'

/** The emphasis of a button. */
export type Look = 'main' | 'quiet'

/** Options of a button. */
export interface ButtonOptions {
  /** The token of the session. */
  readonly formToken: string
  readonly look?: Look
}

/** A button that submits a form with the token of the session. */
export function button(action: string, label: string, { formToken, look = 'main' }: ButtonOptions): Markup {
  return html`<form method="post" action="${action}">
    <input type="hidden" name="form_token" value="${formToken}" />
    <button class="${look}">${label}</button>
  </form>`
}

/** A link that looks like a button. */
export function linkButton(href: string, label: string, look: Look = 'main'): Markup {
  return html`<a class="button ${look}" href="${href}">${label}</a>`
}
