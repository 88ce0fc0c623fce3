import { html } from './html.ts'
import { page } from './page.ts'
import type { AccountProfile } from '../authorization-server-options.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Html } from './html.ts'

/** Asks the user to choose an account. */
export function loginPage(
  accounts: Readonly<Record<string, AccountProfile>>,
  client: string,
  redirectUri: string | undefined,
): HttpResponse {
  const choices = Object.entries(accounts).map(
    ([id, { name, email }]) =>
      html`<button name="login" value="${id}">${name ?? id} <span>${email ?? id}</span></button>`,
  )
  const content = html` <p>to continue to <strong>${client}</strong></p>
    <form method="post">
      <input type="hidden" name="prompt" value="login" />
      ${choices}
      <button class="cancel" name="cancel" value="yes">Cancel</button>
    </form>`
  return page('Choose an account', content, { redirectUri })
}

/** What the consent page shows. */
export interface Consent {
  readonly client: string
  readonly account: string
  /** The requested scopes with their descriptions. */
  readonly scopes: readonly (readonly [scope: string, description: string])[]
  readonly redirectUri: string | undefined
}

/** Asks the user to grant the scopes; each can be unticked. */
export function consentPage({ client, account, scopes, redirectUri }: Consent): HttpResponse {
  const list = html`<p>It will be able to:</p>
    <ul>
      ${scopes.map(scopeItem)}
    </ul>`
  const content = html` <form method="post">
    <input type="hidden" name="prompt" value="consent" />
    ${scopes.length === 0 ? html`<p>It does not ask for specific permissions.</p>` : list}
    <p class="quiet">You are logged in as ${account}.</p>
    <button class="main">Agree</button>
    <button class="cancel" name="cancel" value="yes">Cancel</button>
  </form>`
  return page(`${client} asks for access`, content, { redirectUri })
}

function scopeItem([scope, description]: Consent['scopes'][number]): Html {
  return html`<li>
    <label>
      <input type="checkbox" name="scope" value="${scope}" checked />
      <span>${description} <code>${scope}</code></span>
    </label>
  </li>`
}

/** Shows an error that cannot be sent to the client. */
export function errorPage(message: string): HttpResponse {
  return page('The request failed', html`<p>${message}</p>`, { status: 400 })
}
