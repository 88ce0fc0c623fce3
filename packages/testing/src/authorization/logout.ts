import { logoutDonePage, logoutPage } from '../pages/logout-pages.ts'
import { show } from './show.ts'
import type { Configuration } from 'oidc-provider'
import type { Settings } from './settings.ts'

/** Logout at the request of a client (OpenID Connect RP-Initiated Logout). */
export function rpInitiatedLogout({ openid }: Settings): Configuration['features']['rpInitiatedLogout'] {
  return {
    enabled: openid,
    logoutSource: (context, form) => show(context, logoutPage(form, context.oidc.params?.['post_logout_redirect_uri'])),
    postLogoutSuccessSource: (context) => show(context, logoutDonePage()),
  }
}
