import { consentPage, errorPage, loginPage } from '../pages/pages.ts'
import { send } from '../http/response.ts'
import { parseDetails } from './authorization-details.ts'
import { resourceScopes } from './resources.ts'
import { impliedScope, scopeArray } from './scope.ts'
import type { ServerResponse } from 'node:http'
import type { EngineRequest, Grant, Interaction, InteractionResult, Provider } from 'oidc-provider'
import type { Settings } from './settings.ts'

type Engine = Pick<Provider, 'Client' | 'Grant' | 'Session' | 'interactionDetails' | 'interactionFinished'>

/** The login and consent pages and their forms. */
export class Interactions {
  readonly #engine: Engine
  readonly #settings: Settings

  constructor(engine: Engine, settings: Settings) {
    this.#engine = engine
    this.#settings = settings
  }

  /** Shows the next page of a login, or handles its form. */
  async answer(request: EngineRequest, response: ServerResponse, form: URLSearchParams): Promise<void> {
    const interaction = await this.#engine.interactionDetails(request, response).catch(() => undefined)
    if (interaction === undefined)
      return send(response, errorPage('This login has expired. Go back to the app and start again.'))
    if (request.method !== 'POST') return this.#show(interaction, response)
    const result = await this.#resultOf(interaction, form)
    if (typeof result === 'string') return send(response, errorPage(result))
    await this.#engine.interactionFinished(request, response, result, { mergeWithLastSubmission: !('error' in result) })
  }

  async #show({ prompt, params, session }: Interaction, response: ServerResponse): Promise<void> {
    const { accounts, scopes } = this.#settings
    const client = (await this.#engine.Client.find(text(params['client_id']) ?? ''))?.clientName ?? ''
    const redirectUri = text(params['redirect_uri'])
    if (prompt.name === 'login') return send(response, loginPage(accounts, client, redirectUri))
    const { accountId = '' } = session ?? {}
    const asked = scopeArray(text(params['scope'])).map((scope) => [scope, scopes[scope] ?? ''] as const)
    send(response, consentPage({ client, account: accounts[accountId]?.name ?? accountId, scopes: asked, redirectUri }))
  }

  /** The user's decision, or an error message about the form. */
  async #resultOf(interaction: Interaction, form: URLSearchParams): Promise<InteractionResult | string> {
    if (form.has('cancel')) return { error: 'access_denied', error_description: 'The user denied access' }
    const accountId = form.get('login') ?? ''
    if (interaction.prompt.name === 'consent') return this.#consent(interaction, form.getAll('scope'))
    if (!Object.hasOwn(this.#settings.accounts, accountId)) return `Unknown account ${JSON.stringify(accountId)}`
    await this.#leaveOtherAccount(interaction, accountId)
    return { login: { accountId } }
  }

  /** Every consent creates a new grant, which includes what the client was granted before. */
  async #consent(
    { params, session, grantId }: Interaction,
    agreed: readonly string[],
  ): Promise<InteractionResult | string> {
    const asked = scopeArray(text(params['scope']))
    const extra = agreed.find((scope) => !asked.includes(scope))
    if (extra !== undefined) return `The app did not ask for the scope ${JSON.stringify(extra)}`
    const before = grantId === undefined ? undefined : await this.#engine.Grant.find(grantId)
    const kept = scopeArray(before?.getOIDCScope()).filter((scope) => !asked.includes(scope))
    const refused = asked.filter((scope) => !agreed.includes(scope))
    const grant = new this.#engine.Grant({
      accountId: session?.accountId ?? '',
      clientId: text(params['client_id']) ?? '',
    })
    grant.addOIDCScope([...kept, ...agreed, impliedScope].join(' '))
    if (refused.length > 0) grant.rejectOIDCScope(refused.join(' '))
    this.#grantExtensions(grant, params, { agreed, refused })
    return { consent: { grantId: await grant.save() } }
  }

  /** The scopes at the requested resources, the authorization details and the requested claims. */
  #grantExtensions(grant: Grant, params: Interaction['params'], { agreed, refused }: Decision): void {
    const known = resourceScopes(this.#settings)
    const atResource = (scope: readonly string[]): string => scope.filter((name) => known.includes(name)).join(' ')
    for (const resource of [params['resource'] ?? []].flat()) {
      grant.addResourceScope(resource, atResource([...agreed, impliedScope]))
      if (atResource(refused) !== '') grant.rejectResourceScope(resource, atResource(refused))
    }
    for (const detail of parseDetails(text(params['authorization_details'])) ?? []) grant.addRar(detail)
    const claims = JSON.parse(text(params['claims']) ?? '{}') as Readonly<Record<string, object>>
    const names = Object.values(claims).flatMap((place) => Object.keys(place))
    if (names.length > 0) grant.addOIDCClaims(names)
  }

  /** Switches the session to another account; the engine's own way is a page that needs JavaScript. */
  async #leaveOtherAccount(interaction: Interaction, accountId: string): Promise<void> {
    if (interaction.session === undefined || interaction.session.accountId === accountId) return
    const session = await this.#engine.Session.findByUid(interaction.session.uid)
    if (session === undefined) return
    session.loginAccount({ accountId })
    session.authorizations = {}
    await session.persist()
    interaction.session.accountId = accountId
    await interaction.persist()
  }
}

/** The scopes that the user agreed to, and the others. */
interface Decision {
  readonly agreed: readonly string[]
  readonly refused: readonly string[]
}

/** A parameter that occurs only once. */
function text(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
