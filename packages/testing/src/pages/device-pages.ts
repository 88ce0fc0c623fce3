import { html } from './html.ts'
import { page } from './page.ts'
import type { HttpResponse } from '../http/response.ts'

// The engine writes each form itself, because only it knows the secret in it. The buttons are ours: they name its form.

/** Asks for the code that a device shows. */
export function deviceCodePage(form: string, message?: string): HttpResponse {
  const content = html`<p>
      ${message === undefined ? 'Enter the code that your device shows.' : `Try again: ${message}.`}
    </p>
    ${{ markup: form.replace(/ onfocus="[^"]*"/, '') }}
    <button class="main" form="op.deviceInputForm">Continue</button>`
  return page('Connect a device', content)
}

/** Shows the code again, so that the user can compare it. */
export function deviceConfirmationPage(form: string, client: string, userCode: string): HttpResponse {
  const content = html`<p><strong>${client}</strong> asks for access. Does your device show this code?</p>
    <p><code>${userCode}</code></p>
    ${{ markup: form }}
    <button class="main" form="op.deviceConfirmForm">Yes</button>
    <button class="cancel" form="op.deviceConfirmForm" name="abort" value="yes">No</button>`
  return page('Confirm the code', content)
}

/** The end of a login for a device. */
export function deviceDonePage(): HttpResponse {
  return page('Your device is connected', html`<p>You can close this page.</p>`)
}
