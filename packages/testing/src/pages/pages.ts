import { html } from './html.ts'
import { page } from './page.ts'
import type { AccountProfile } from '../authorization-server-options.ts'
import type { Answer } from '../http/answer.ts'
import type { Html } from './html.ts'

/** Asks who is there. */
export function loginPage(
  accounts: Readonly<Record<string, AccountProfile>>,
  client: string,
  redirectUri: string | undefined,
): Answer {
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
  /** The scopes asked for, with what each lets the client do. */
  readonly scopes: readonly (readonly [scope: string, description: string])[]
  readonly redirectUri: string | undefined
}

/** Asks whether the client may have what it wants; a scope can be unticked. */
export function consentPage({ client, account, scopes, redirectUri }: Consent): Answer {
  const list = html`<p>It will be able to:</p>
    <ul>
      ${scopes.map(scopeItem)}
    </ul>`
  const content = html` <form method="post">
    <input type="hidden" name="prompt" value="consent" />
    ${scopes.length === 0 ? html`<p>It asks for no particular permission.</p>` : list}
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

/** Says what is wrong, where there is nobody to send the user back to. */
export function errorPage(message: string): Answer {
  return page('This cannot go on', html`<p>${message}</p>`, { status: 400 })
}
