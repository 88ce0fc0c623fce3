import type { RequestValues } from '../../wire/form.ts'
import type { ProviderDefinition } from '../../definition/provider-definition.ts'
import { deviate, pairsOf, separateScopes } from './parameters.ts'
import type { Used } from './used.ts'

/** Adds the parameters of an authorization request to its endpoint, as the provider expects them (RFC 6749 §4.1.1). */
export function deviateAuthorization(
  url: URL,
  parameters: RequestValues,
  { provider, used }: { readonly provider: ProviderDefinition; readonly used: Used },
): URL {
  const { authorizationRequest = {}, scopeSeparator } = provider
  const { codeChallenge, space, fragment } = authorizationRequest
  const challenged = codeChallenge === 'hex' ? withHexChallenge(parameters, used) : parameters
  const pairs = separateScopes(pairsOf(challenged), scopeSeparator, used)
  for (const [name, value] of deviate(pairs, authorizationRequest, { place, used }))
    url.searchParams.append(name, value)
  if (space !== undefined && url.search.includes('+')) {
    used(place('space'))
    url.search = url.search.replaceAll('+', space) // a plus sign itself is %2B
  }
  if (fragment !== undefined) {
    used(place('fragment'))
    url.hash = fragment
  }
  return url
}

function place(field: string): string {
  return `authorizationRequest.${field}`
}

function withHexChallenge(parameters: RequestValues, used: Used): RequestValues {
  const { code_challenge: challenge } = parameters
  if (typeof challenge !== 'string') return parameters
  used('authorizationRequest.codeChallenge')
  const octets = atob(challenge.replaceAll('-', '+').replaceAll('_', '/'))
  const digits = [...octets].map((octet) => octet.charCodeAt(0).toString(16).padStart(2, '0'))
  return { ...parameters, code_challenge: digits.join('') }
}
