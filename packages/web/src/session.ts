import { GrantError, type TokenSource, type TokenStore } from '@grantkit/core'
import type { Context } from './context.ts'
import { sessionCookie } from './cookies/jar.ts'
import { readCookies, type RequestLike } from './cookies/read.ts'
import { LogoutMarks, type Subject } from './store/logout-marks.ts'
import { SessionRecord } from './store/session-record.ts'

/** The session of a user who has logged in. */
export interface Session<Scope extends string = string, User = unknown> {
  /** The random ID of the session; a new one after every login. */
  readonly id: string
  /** What the option `user` returned. */
  readonly user: User
  /** The name of the provider. */
  readonly provider: string
  /** When the user logged in, in milliseconds since the epoch: at the provider, if the ID token says so (`auth_time`). */
  readonly authenticatedAt: number
  /** When the session expires, in milliseconds since the epoch. */
  readonly expiresAt: number
  /**
   * The user's tokens, which stay fresh: `authorizedFetch(session.tokens())`. A refresh is written to the store and never to a
   * cookie. When the provider has ended the grant, `token()` rejects with `reauthorization_required`, and the session ends.
   * Throws `config_invalid` without a store.
   */
  tokens(): TokenSource<Scope>
}

/** What a session cookie holds. */
export interface SessionContent<User> {
  readonly id: string
  readonly user: User
  readonly provider: string
  /** The store key of the tokens. */
  readonly key: string
  /** Who the user is at the provider, with OpenID Connect. */
  readonly subject?: Subject
  readonly authenticatedAt: number
  readonly expiresAt: number
}

/** The content of the session cookie, if it is one of ours and has not expired; the store is not asked. */
export async function sessionContent<Scope extends string, User>(
  { site, seals, provider, now, emit }: Context<Scope, User>,
  from: RequestLike,
): Promise<SessionContent<User> | undefined> {
  const sealed = readCookies(from).get(sessionCookie(site))
  if (sealed === undefined || sealed === '') return undefined
  const content = (await seals.open('session', sealed)) as SessionContent<User> | undefined
  if (!content) emit({ type: 'cookie_refused' })
  return content && content.provider === provider.name && now() < content.expiresAt ? content : undefined
}

/** The session of a request; undefined where there is none. Rejects with `store_failed`: a store that is down logs nobody out. */
export async function readSession<Scope extends string, User>(
  context: Context<Scope, User>,
  from: RequestLike,
): Promise<Session<Scope, User> | undefined> {
  const { store } = context.options
  const content = await sessionContent(context, from)
  if (!content || (store && !(await lives(context, content, store)))) return undefined
  const { key, subject: _, ...shown } = content
  return Object.freeze({ ...shown, tokens: () => sessionTokens(context, { key, id: shown.id }) })
}

/** Whether neither a logout nor the provider has ended a session. */
async function lives<Scope extends string, User>(
  { hasBackchannel }: Context<Scope, User>,
  { id, subject }: SessionContent<User>,
  store: TokenStore,
): Promise<boolean> {
  const begunAt = await new SessionRecord(store, id).begunAt()
  if (begunAt === undefined) return false
  return !hasBackchannel || !subject || !(await new LogoutMarks(store).hasEnded(subject, begunAt))
}

/** The tokens of a session; when the provider has ended the grant, they end the session. */
function sessionTokens<Scope extends string, User>(
  context: Context<Scope, User>,
  { key, id }: Pick<SessionContent<User>, 'key' | 'id'>,
): TokenSource<Scope> {
  const { store } = context.options
  const source = tokensAt(context, key)
  return {
    origins: source.origins,
    api: source.api,
    save: (token) => source.save(token),
    peek: () => source.peek(),
    invalidate: (token) => source.invalidate(token),
    clear: (options) => source.clear(options),
    token: async (options) => {
      try {
        return await source.token(options)
      } catch (error) {
        const isOver = error instanceof GrantError && error.code === 'reauthorization_required'
        if (isOver && store) await new SessionRecord(store, id).end().catch(() => undefined)
        throw error
      }
    },
  }
}

/** The tokens under a store key. Throws `config_invalid` without a store. */
export function tokensAt<Scope extends string, User>(
  { provider, tokenStore }: Context<Scope, User>,
  key: string,
): TokenSource<Scope> {
  if (!tokenStore)
    throw new GrantError('config_invalid', 'tokens are not kept without a store: pass one to webLogin, { store }')
  return provider.tokenSource({ store: tokenStore, key })
}
