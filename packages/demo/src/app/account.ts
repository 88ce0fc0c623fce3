import type { Handler } from 'hono'
import { notLoggedIn } from '../failures.ts'
import { accountPage } from '../pages/account-page.ts'
import { ApiError, SpotifyApi } from '../spotify-api.ts'
import type { Demo, Steps } from './demo.ts'
import { showFailure } from './failed.ts'

/** `GET /account`: the token, and what the API returns for it. */
export function account(demo: Demo): Handler<Steps> {
  const { definition } = demo.connection.provider
  return async (context) => {
    const { session } = context.var
    const { login, formToken } = session
    if (!login) return showFailure(context, notLoggedIn)
    const api = new SpotifyApi(login.token, definition)
    const [profile, track] = await Promise.all([responseOf(api.profile()), responseOf(api.track())])
    const notice = session.takeNotice()
    const page = accountPage({ login, profile, track, scopes: definition.scopes, formToken, notice, now: demo.now() })
    return context.html(page, [profile, track].some(isLost) ? 502 : 200)
  }
}

/** A response of the API, or its error. */
async function responseOf<T>(response: Promise<T>): Promise<T | ApiError> {
  try {
    return await response
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
}

function isLost(response: unknown): boolean {
  return response instanceof ApiError && (response.status === undefined || response.status >= 500)
}
