import { GrantError } from '@grantkit/core'
import type { Context } from '../context.ts'
import { json, plain, respond } from '../responses.ts'
import { LogoutMarks } from '../store/logout-marks.ts'

/** Bytes of a form with a logout token. */
const longest = 64 * 1024

/** The provider says that a user has logged out elsewhere (OpenID Connect Back-Channel Logout 1.0 §2.5). */
export async function endElsewhere<Scope extends string, User>(
  { options: { store }, provider, lifetime, emit, hasBackchannel }: Context<Scope, User>,
  request: Request,
): Promise<Response> {
  if (!store || !hasBackchannel) return plain('Not found.', 404)
  const marks = new LogoutMarks(store)
  try {
    const token = new URLSearchParams(await bodyOf(request)).get('logout_token')
    const { iss, sub, sid } = await provider.verifyLogoutToken(token, {
      remember: (id, until) => marks.remember(id, until),
    })
    await marks.mark({ iss, sub, sid }, lifetime * 1000)
  } catch (error) {
    const known = error instanceof GrantError ? error : new GrantError('logout_token_invalid', 'the body is unreadable')
    emit({ type: 'logout_failed', error: known })
    return json({ error: 'invalid_request' }, known.action === 'retry' ? 503 : 400)
  }
  emit({ type: 'logged_out' })
  return respond(null, {})
}

/** The body of a request, if it is not too long. */
async function bodyOf({ body }: Request): Promise<string> {
  if (!body) return ''
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text
    text += decoder.decode(value, { stream: true })
    if (text.length > longest)
      throw new GrantError('logout_token_invalid', 'the form with the logout token is too long')
  }
}
