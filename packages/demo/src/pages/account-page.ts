import type { ScopeDescription } from '@grantkit/core'
import { html } from 'hono/html'
import type { Login } from '../sessions/session.ts'
import type { ApiError, Profile, Track } from '../spotify-api.ts'
import { profileCard, trackCard } from './api-cards.ts'
import { button } from './form.ts'
import { type Markup, page } from './layout.ts'
import { insideCard, lifetimeCard, scopesCard } from './token-cards.ts'

/** The content of the account page. */
export interface AccountView {
  readonly login: Login
  readonly profile: Profile | ApiError
  readonly track: Track | ApiError
  /** The scopes of the provider with their descriptions. */
  readonly scopes: Readonly<Record<string, ScopeDescription>> | undefined
  readonly formToken: string
  readonly notice: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The page of a user who is logged in. */
export function accountPage(view: AccountView): Markup {
  const { login, profile, track, scopes, formToken, notice } = view
  const content = html`<div class="columns">
    <div>${profileCard(profile)} ${lifetimeCard(view)} ${scopesCard(login.token, scopes)}</div>
    <div>${trackCard(track)} ${insideCard(login.token)}</div>
  </div>`
  return page('Your profile', content, { notice, corner: button('/logout', 'Log out', { formToken, look: 'quiet' }) })
}
