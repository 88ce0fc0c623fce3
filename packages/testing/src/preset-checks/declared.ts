import type { ProviderDefinition } from '@grantkit/core'

/** Fields that are not deviations, or that a login, a refresh and a revocation need not show: one error code of many, an unchanged host. */
const silent =
  /^tokenResponse\.error\.(?:codes|success)|^tokenResponse\.absent\.|^callback\.(?:tokenHost|renamed\.error)|^clientAuthentication\.(?:method|withoutSecret)|\.(?:source|parameters)(?:\.|$)/

/** Groups whose fields each have an event of their own. */
const nested: ReadonlySet<string> = new Set([
  'renamed',
  'members',
  'error',
  'expiresIn',
  'refreshExpiresIn',
  'absent',
  'codes',
])

/** Values that match the standards. */
const standard: ReadonlySet<unknown> = new Set(['POST', 'both', 'either', 'form', 'client_id'])

/** The paths of the deviations in a preset, as events name them, without the silent ones. */
export function declaredPlaces(preset: ProviderDefinition): readonly string[] {
  const {
    clientAuthentication,
    scopeSeparator,
    authorizationRequest,
    callback,
    tokenRequest,
    grants = {},
    tokenResponse,
    idToken,
    revocation,
  } = preset
  const groups = {
    clientAuthentication,
    authorizationRequest,
    callback,
    tokenRequest: effective(tokenRequest, grants),
    tokenResponse,
    idToken,
    revocation,
  }
  const places = [
    ...(scopeSeparator === undefined ? [] : ['scopeSeparator']),
    ...Object.entries(groups).flatMap(([name, group]) => placesIn(group, name)),
    ...Object.entries(grants).flatMap(([name, group]) => placesIn(group, `grants.${name}`)),
  ]
  return places.filter((place) => !silent.test(place))
}

function placesIn(group: object | undefined, place: string): readonly string[] {
  return Object.entries(group ?? {})
    .filter(([, value]) => !standard.has(value))
    .flatMap(([name, value]: [string, unknown]) =>
      nested.has(name) ? placesIn(value as object, `${place}.${name}`) : [`${place}.${name}`],
    )
}

const usual = ['authorization_code', 'refresh_token', 'client_credentials']

/** The deviations of all requests, without those that every grant overrides. */
function effective(all: object = {}, grants: Readonly<Record<string, object>>): object {
  const isUsed = (name: string) => usual.some((grant) => !(name in (grants[grant] ?? {})))
  return Object.fromEntries(Object.entries(all).filter(([name]) => isUsed(name)))
}
