import { GrantError } from '../../errors/grant-error.ts'
import { refuseUnknownFields } from '../../errors/unknown-fields.ts'
import { type AuthorizationOptions, authorizationFields } from '../../grants/authorization-options.ts'
import { transactionLifetime } from '../../grants/transaction.ts'
import type { TokenSource } from '../../refresh/token-source.ts'
import type { LoginOutcome } from './pending-login.ts'

/** What is particular to a login over a loopback address. */
export interface LoopbackOptions {
  /** Opens the authorization URL in the user's browser: it is https, or http on this machine. Without it, and where it fails, the URL is printed to stderr. */
  readonly open?: ((url: URL) => unknown) | undefined
  /** Aborts the login, which then rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds that the user may take, ten minutes at most: five minutes unless given. The login then rejects with `timeout`. */
  readonly timeout?: number | undefined
  /** Where the token is stored before the user is told that the login worked. */
  readonly source?: Pick<TokenSource, 'save'> | undefined
  /** URLs that the user pastes where their browser cannot reach this machine; the first that belongs to this login finishes it, too. */
  readonly paste?: Promise<string> | AsyncIterable<string> | undefined
  /** The HTML page that ends the login, in place of the built-in one. It may hold styles and `data:` images, and loads nothing else. */
  readonly page?: ((outcome: LoginOutcome) => string) | undefined
}

/** What `authorize` takes, and each of these logins decides by itself. */
type ChosenHere = 'state' | 'responseType' | 'responseMode'

/** The options of a login over a loopback address: those of `authorize`, and its own. */
export interface LoopbackLoginOptions<Scope extends string = string>
  extends LoopbackOptions, Omit<AuthorizationOptions<Scope>, ChosenHere> {}

/** Options once checked: those of the login, and those of `authorize`. */
export interface CheckedLogin<Scope extends string> {
  readonly login: LoopbackOptions & { readonly timeout: number }
  readonly authorization: Omit<AuthorizationOptions<Scope>, ChosenHere>
}

const ownFields = ['open', 'signal', 'timeout', 'source', 'paste', 'page']
const madeHere = 'leave it out, each login makes its own'
const instead: Readonly<Record<string, string>> = {
  state: madeHere,
  codeVerifier: madeHere,
  codeChallenge: madeHere,
  responseType: 'leave it out, the callback brings a code',
  responseMode: 'leave it out, the callback is read from the query',
}
const fiveMinutes = 5 * 60_000

/** Checks the options of a login and tells those of `authorize` from the rest. Throws `config_invalid`. */
export function checkLoopbackLoginOptions<Scope extends string>(
  options: LoopbackLoginOptions<Scope>,
): CheckedLogin<Scope> {
  const fields = [...ownFields, ...authorizationFields.filter((name) => !Object.hasOwn(instead, name))]
  refuseUnknownFields(options, { what: 'the options of loopbackLogin', fields, instead })
  const { open, signal, timeout = fiveMinutes, source, paste, page, ...authorization } = options
  if (!(Number.isFinite(timeout) && timeout > 0 && timeout <= transactionLifetime))
    throw invalid(`timeout has to be a number of milliseconds, at most ${transactionLifetime}: ten minutes`)
  for (const [name, value] of Object.entries({ open, page }))
    if (value !== undefined && typeof value !== 'function') throw invalid(`${name} is not a function`)
  if (source !== undefined && typeof (source as Partial<TokenSource> | null)?.save !== 'function')
    throw invalid('source is not a token source: write provider.tokenSource({ store, key })')
  if (Object.hasOwn(authorization.parameters ?? {}, 'response_mode'))
    throw invalid('loopbackLogin reads the query of the callback: leave response_mode out')
  return { login: { open, signal, timeout, source, paste, page }, authorization }
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
