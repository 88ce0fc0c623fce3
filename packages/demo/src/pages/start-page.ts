import { html } from 'hono/html'
import { button } from './form.ts'
import { type Markup, page } from './layout.ts'

/** The content of the start page. */
export interface StartView {
  readonly kind: 'embedded' | 'spotify'
  readonly formToken: string
  readonly notice: string | undefined
}

const sample = `const { url, transaction } =
  await login.authorize({ scope })

const token =
  await login.requestToken(
    callback, transaction)`

/** The start page with the login button. */
export function startPage({ kind, formToken, notice }: StartView): Markup {
  const content = html`<div class="hero">
      <h1>A Spotify login, step by step</h1>
      <p class="lead">
        This demo logs you in the way your own app would: authorization code with PKCE, a token that refreshes, and
        every failure explained.
      </p>
      ${button('/login', 'Log in with Spotify', { formToken })}
      <p class="small">${explanations[kind]}</p>
    </div>
    <section class="card" aria-labelledby="steps">
      <h2 id="steps">What will happen</h2>
      <ol class="steps">
        <li><strong>You log in</strong> at the authorization server, not here. No password passes through the demo.</li>
        <li><strong>You choose</strong> what the demo may see: your profile and your e-mail address.</li>
        <li><strong>You come back</strong> with a code that works once. The demo exchanges it for a token.</li>
      </ol>
      <pre><code>${sample}</code></pre>
    </section>`
  return page('Log in', html`<div class="start">${content}</div>`, { notice })
}

const explanations = {
  embedded:
    'You will log in at a test server on this machine that behaves like Spotify. It needs no password, and nothing leaves this machine.',
  spotify: 'You will log in at Spotify, with the app whose client ID the demo uses.',
}
