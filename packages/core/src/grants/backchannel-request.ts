import { GrantError, type RequiredScope } from '../errors/grant-error.ts'
import { refuseUnknownFields } from '../errors/unknown-fields.ts'
import type { GrantPort } from '../protocol/port.ts'
import { isObject } from '../wire/json.ts'
import type { GrantOptions } from './grant.ts'
import { generateState } from './random.ts'

/** Who is asked to log in, and for what: exactly one of the three hints says who (CIBA Core 1.0 §7.1). */
export interface BackchannelAuthenticationOptions<Scope extends string = string> extends Omit<
  GrantOptions<Scope>,
  'scope'
> {
  /** The scopes to request, `openid` among them. */
  readonly scope: readonly (Scope | RequiredScope)[]
  /** What the user is known by, such as an e-mail address. */
  readonly loginHint?: string | undefined
  /** A token that says who the user is, in a form that the provider documents. */
  readonly loginHintToken?: string | undefined
  /** An ID token of the user. */
  readonly idTokenHint?: string | undefined
  /** What both devices show, so that the user sees that they belong together: short and plain, such as `W4SCT`. */
  readonly bindingMessage?: string | undefined
  /** A secret of the user, such as a PIN: without it, the provider does not contact them. */
  readonly userCode?: string | undefined
  /** How the user has to log in, the best first (OpenID Connect Core §3.1.2.1). */
  readonly acrValues?: readonly string[] | undefined
  /** How long the user may take, in seconds. */
  readonly requestedExpiry?: number | undefined
  /** Whether the provider sends a ping once the user has decided: as the metadata says, unless given. */
  readonly mode?: 'poll' | 'ping' | undefined
  /** The bearer token that the ping has to present, with 128 random bits at least; one is made unless given. */
  readonly clientNotificationToken?: string | undefined
}

/** The parameters of CIBA Core 1.0 §7.1, by name; one that is undefined is not sent. */
type BackchannelParameters = Readonly<Record<string, string | undefined>>

/** Checks what a login is begun with, and returns the parameters of the grant itself. Throws `config_invalid`. */
export function backchannelParameters(
  port: GrantPort,
  options: BackchannelAuthenticationOptions,
): BackchannelParameters {
  if (!isObject(options)) throw invalid(`write authorize({ scope: ['openid'], loginHint: 'ada@example.org' })`)
  refuseUnknownFields(options, authorizeOptions)
  const { scope, loginHint, loginHintToken, idTokenHint, acrValues, requestedExpiry } = options
  if (!port.client.confidential)
    throw invalid('CIBA needs a client that authenticates: write a clientSecret or a signingKey into the client')
  if (!Array.isArray(scope) || !scope.includes('openid'))
    throw invalid(`CIBA needs the scope "openid": write { scope: ['openid'] } (CIBA Core 1.0 §7.1)`)
  if ([loginHint, loginHintToken, idTokenHint].filter((hint) => hint !== undefined && hint !== '').length !== 1)
    throw invalid('write exactly one of loginHint, loginHintToken and idTokenHint (CIBA Core 1.0 §7.1)')
  if (acrValues !== undefined && !Array.isArray(acrValues)) throw invalid(`acrValues is an array: write ['gold']`)
  if (requestedExpiry !== undefined && !(Number.isSafeInteger(requestedExpiry) && requestedExpiry > 0))
    throw invalid('requestedExpiry is a whole number of seconds, such as 120')
  return {
    login_hint: loginHint,
    login_hint_token: loginHintToken,
    id_token_hint: idTokenHint,
    binding_message: options.bindingMessage,
    user_code: options.userCode,
    acr_values: acrValues?.join(' '),
    requested_expiry: requestedExpiry === undefined ? undefined : String(requestedExpiry),
    client_notification_token: notificationToken(port, options),
  }
}

/** The token of the ping: needed where the client asks for one, or the provider knows nothing but pings. */
function notificationToken(
  { provider }: GrantPort,
  { mode, clientNotificationToken: own }: BackchannelAuthenticationOptions,
): string | undefined {
  const { backchannel_token_delivery_modes_supported: modes } = provider.metadata
  if (mode !== undefined && mode !== 'poll' && mode !== 'ping') throw invalid(`mode is 'poll' or 'ping'`)
  const isPoll = mode === undefined ? !Array.isArray(modes) || modes.includes('poll') : mode === 'poll'
  if (own === undefined) return isPoll ? undefined : generateState()
  if (mode === 'poll') throw invalid(`a clientNotificationToken is for pings: write { mode: 'ping' }, or leave it out`)
  if (/^[\w.~+/-]{22,1000}=*$/.test(own)) return own
  throw invalid('clientNotificationToken has 22 to 1,000 characters of base64url: leave it out, and one is made')
}

const authorizeOptions = {
  what: 'the options of authorize',
  fields: (
    'scope resource parameters signal loginHint loginHintToken idTokenHint bindingMessage userCode acrValues ' +
    'requestedExpiry mode clientNotificationToken'
  ).split(' '),
}

function invalid(message: string): GrantError {
  return new GrantError('config_invalid', message)
}
