import { GrantError, type Provider, type TokenStore } from '@grantkit/core'
import { Seals } from './cookies/seal.ts'
import type { WebEvent } from './events.ts'
import type { WebLoginOptions } from './options.ts'
import { resolveReturnTo } from './return-to.ts'
import { type Site, siteOf } from './site.ts'
import { sweptStore } from './store/swept-store.ts'

const week = 7 * 24 * 60 * 60
const fields = [
  'provider',
  'scope',
  'parameters',
  'store',
  'keys',
  'user',
  'key',
  'revoke',
  'lifetime',
  'home',
  'postLogoutRedirectUri',
  'failure',
  'onEvent',
  'clock',
]

/** The options of a login, checked, and what is made of them once. */
export interface Context<Scope extends string, User> {
  readonly options: WebLoginOptions<Scope, User>
  readonly provider: Provider<Scope>
  readonly site: Site
  readonly seals: Seals
  /** Where tokens are kept: those of a session can be swept when it cannot live any more. */
  readonly tokenStore: TokenStore | undefined
  /** Seconds. */
  readonly lifetime: number
  /** An absolute URL. */
  readonly home: string
  /** Whether the provider says when a user has logged out elsewhere. */
  readonly hasBackchannel: boolean
  readonly now: () => number
  readonly emit: (event: Pick<WebEvent, 'type' | 'error'>) => void
}

/** Checks the options. Throws `config_invalid`. */
export function contextOf<Scope extends string, User>(options: WebLoginOptions<Scope, User>): Context<Scope, User> {
  const unknown = Object.keys(options).find((name) => !fields.includes(name))
  if (unknown !== undefined)
    throw invalid(`"${unknown}" is not an option of webLogin; its options are ${fields.join(', ')}`)
  const { provider, store, keys, key, lifetime = week, clock = Date } = options
  if (typeof options.user !== 'function') throw invalid('user has to be a function that says who has logged in')
  if (!(Number.isFinite(lifetime) && lifetime > 0)) throw invalid('lifetime has to be a number of seconds above zero')
  if (key && !store) throw invalid('a key without a store does nothing: write { store, key }')
  const site = siteOf(provider.redirectUris[0])
  const home = resolveReturnTo(options.home ?? '/', site)
  if (home === undefined) throw invalid('home has to be a path of the app that is not one of the login, such as "/"')
  return {
    options,
    provider,
    site,
    seals: new Seals(keys as readonly string[]), // what is missing is refused by its place in the list
    tokenStore: store && (key ? store : sweptStore(store, lifetime * 1000)),
    lifetime,
    home,
    hasBackchannel: provider.definition.metadata['backchannel_logout_supported'] === true,
    now: () => clock.now(),
    emit: (event) => emit(options, { ...event, provider: provider.name, at: clock.now() }),
  }
}

function emit({ onEvent }: Pick<WebLoginOptions<never, never>, 'onEvent'>, event: WebEvent): void {
  try {
    void Promise.resolve(onEvent?.(event)).catch(() => {})
  } catch {
    // an observer cannot break a login
  }
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
