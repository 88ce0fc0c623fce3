import { html } from './html.ts'
import { page } from './page.ts'
import type { HttpResponse } from '../http/response.ts'

/** Asks the user to confirm a logout. The engine writes the form, because only it knows the secret in it. */
export function logoutPage(form: string, redirectUri: string | undefined): HttpResponse {
  const content = html`<p>Do you want to log out of this server?</p>
    ${{ markup: form }}
    <button class="main" form="op.logoutForm" name="logout" value="yes">Log out</button>
    <button class="cancel" form="op.logoutForm">Stay logged in</button>`
  return page('Log out', content, { redirectUri })
}

/** The end of a logout that leads nowhere else. */
export function logoutDonePage(): HttpResponse {
  return page('You are logged out', html`<p>You can close this page.</p>`)
}
