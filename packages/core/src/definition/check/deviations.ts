import { GrantError } from '../../errors/grant-error.ts'
import { checkApiHeaders, checkHeaders } from './headers.ts'
import { checkExtra, reservedInTokenRequest } from './parameters.ts'
import type { ProviderDefinition } from '../provider-definition.ts'
import type { TokenRequestDeviations } from '../request-deviations.ts'
import { checkQuery, checkServerUrl } from './url.ts'

/** Checks the URLs, hosts and headers of a definition. Throws `config_invalid` or `insecure_url` with the path of the field. */
export function checkDeviations(definition: ProviderDefinition, httpHosts: readonly string[] = []): void {
  const { tokenRequest, grants = {}, revocation, idToken, pkce, api, callback, variables } = definition
  if (variables !== undefined)
    throw invalid('variables', `fill them in first: write fillVariables(definition, { ${names(variables)} })`)
  const requests = [
    ['tokenRequest', tokenRequest] as const,
    ...Object.entries(grants).map(([grant, deviations]) => [`grants.${grant}`, deviations] as const),
    ['revocation', revocation] as const,
  ]
  for (const [place, deviations] of requests) if (deviations) checkRequest(place, deviations, httpHosts)
  checkApiHeaders(api)
  checkHosts('api.origin.domains', api?.origin?.domains)
  checkHosts('callback.tokenHost.hosts', callback?.tokenHost?.hosts)
  for (const [grant, { errors }] of Object.entries(grants)) checkErrors(`grants.${grant}.errors`, errors)
  if (idToken?.nonce === 'missing' && pkce !== 'required' && pkce !== 'refused')
    throw invalid(
      'idToken.nonce',
      `PKCE binds the ID token to the login in its place: write pkce: 'required' beside it`,
    )
  if (idToken?.issuer !== undefined)
    checkServerUrl('idToken.issuer', idToken.issuer, { code: 'config_invalid', httpHosts })
}

function names(variables: object): string {
  return Object.keys(variables)
    .map((name) => `${name}: '…'`)
    .join(', ')
}

type Request = Omit<TokenRequestDeviations, 'method'> & {
  readonly method?: string
  readonly endpoint?: string
  readonly parameters?: Readonly<Record<string, string>>
}

function checkRequest(
  place: string,
  { endpoint, method, encoding, headers, parameters }: Request,
  httpHosts: readonly string[],
): void {
  if (endpoint !== undefined) checkServerUrl(`${place}.endpoint`, endpoint, { code: 'config_invalid', httpHosts })
  checkQuery(`${place}.endpoint`, endpoint)
  if (method === 'GET' && encoding !== undefined)
    throw invalid(`${place}.encoding`, 'a GET has its parameters in the query: leave it out')
  checkHeaders(`${place}.headers`, headers)
  checkExtra(parameters, reservedInTokenRequest)
}

/** A server that is down must not look like one that has refused a grant. */
function checkErrors(place: string, errors: Readonly<Record<string, string>> = {}): void {
  for (const [status, error] of Object.entries(errors))
    if (!/^4\d\d$/.test(status) || typeof error !== 'string' || !/^\w+$/.test(error))
      throw invalid(
        `${place}.${status}`,
        `write the error of a status from 400 to 499, such as { '403': 'invalid_grant' }`,
      )
}

/** A name of one label would allow a whole top-level domain. */
function checkHosts(place: string, hosts: readonly string[] | undefined): void {
  for (const [index, host] of (hosts ?? []).entries())
    if (typeof host !== 'string' || !/^(?:[a-z0-9-]+\.)+[a-z0-9-]+$/.test(host))
      throw invalid(`${place}.${index}`, 'write a host name, such as "acme.example"')
}

function invalid(place: string, what: string): GrantError {
  return new GrantError('config_invalid', `${place}: ${what}`)
}
