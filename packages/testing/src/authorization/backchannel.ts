import { parseDetails } from './authorization-details.ts'
import { resourceScopes } from './resources.ts'
import { impliedScope, scopeArray } from './scope.ts'
import type { BackchannelRequest, Configuration, errors, Provider } from 'oidc-provider'
import type { BackchannelApproval } from '../authorization-server.ts'
import type { Settings } from './settings.ts'

/** Logins on another device (OpenID Connect CIBA 1.0), and what the user decides about them. */
export class Backchannel {
  readonly #settings: Settings
  #last: string | undefined

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** The feature of the engine. A hint is the subject or the email address of a user. */
  feature({ UnknownUserId }: typeof errors): Configuration['features']['ciba'] {
    const accounts = Object.entries(this.#settings.accounts)
    return {
      enabled: this.#settings.openid,
      deliveryModes: ['poll', 'ping'],
      processLoginHint: (_context, hint) => accounts.find(([id, { email }]) => hint === id || hint === email)?.[0],
      processLoginHintToken() {
        throw new UnknownUserId('this server does not know login hint tokens')
      },
      verifyUserCode: () => undefined,
      validateRequestContext: () => undefined,
      validateBindingMessage: () => undefined,
      triggerAuthenticationDevice: (_context, request) => void (this.#last = request.jti),
    }
  }

  /** Agrees or refuses. Rejects when the request is unknown. */
  async decide(engine: Provider, library: typeof errors, approval: BackchannelApproval): Promise<void> {
    const id = approval.authReqId ?? this.#last ?? ''
    const request = id === '' ? undefined : await engine.BackchannelAuthenticationRequest.find(id)
    if (request === undefined) throw new Error('there is no such login on another device, or it has expired')
    if (approval.deny === true) return engine.backchannelResult(id, new library.AccessDenied('The user denied access'))
    const grantId = await this.#grant(engine, request, approval.scope)
    await engine.backchannelResult(id, grantId, { authTime: Math.floor(Date.now() / 1000) })
  }

  async #grant(engine: Provider, request: BackchannelRequest, agreed?: readonly string[]): Promise<string> {
    const { accountId, clientId } = request
    const asked = scopeArray(request.scope)
    const scope = agreed ?? asked
    const grant = new engine.Grant({ accountId, clientId })
    grant.addOIDCScope([...scope, impliedScope].join(' '))
    const refused = asked.filter((name) => !scope.includes(name))
    if (refused.length > 0) grant.rejectOIDCScope(refused.join(' '))
    const known = resourceScopes(this.#settings)
    for (const resource of [request.resource ?? []].flat())
      grant.addResourceScope(resource, [...scope, impliedScope].filter((name) => known.includes(name)).join(' '))
    for (const detail of parseDetails(request.params['authorization_details']) ?? []) grant.addRar(detail)
    return grant.save()
  }
}
