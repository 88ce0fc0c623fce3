import type { ProviderDefinition } from '@grantkit/core'

/** Deviations that a login, a refresh and a revocation cannot all show: one error code of many, a host that has not changed. */
const rare =
  /^tokenResponse\.error\.(?:codes|success)|^tokenResponse\.absent\.|^callback\.(?:kept|tokenHost|renamed\.error)|\.(?:source|headers|authentication|parameters|tokens)(?:\.|$)/

/** Groups whose members are each an event of their own. */
const nested: ReadonlySet<string> = new Set([
  'renamed',
  'members',
  'error',
  'expiresIn',
  'refreshExpiresIn',
  'absent',
  'codes',
])

/** The places of the deviations that a preset declares, as events name them, but for the rare ones. */
export function declaredPlaces(preset: ProviderDefinition): readonly string[] {
  const {
    scopeSeparator,
    authorizationRequest,
    callback,
    tokenRequest,
    grants = {},
    tokenResponse,
    revocation,
  } = preset
  const groups = {
    authorizationRequest,
    callback,
    tokenRequest: effective(tokenRequest, grants),
    tokenResponse,
    revocation,
  }
  const places = [
    ...(scopeSeparator === undefined ? [] : ['scopeSeparator']),
    ...Object.entries(groups).flatMap(([name, group]) => placesIn(group, name)),
    ...Object.entries(grants).flatMap(([name, group]) => placesIn(group, `grants.${name}`)),
  ]
  return places.filter((place) => !rare.test(place))
}

function placesIn(group: object | undefined, place: string): readonly string[] {
  return Object.entries(group ?? {})
    .filter(([, value]) => value !== 'POST') // it is what everybody does
    .flatMap(([name, value]: [string, unknown]) =>
      nested.has(name) ? placesIn(value as object, `${place}.${name}`) : [`${place}.${name}`],
    )
}

const usual = ['authorization_code', 'refresh_token', 'client_credentials']

/** What is said of all requests, without that which every grant says otherwise. */
function effective(all: object = {}, grants: Readonly<Record<string, object>>): object {
  const isUsed = (name: string) => usual.some((grant) => !(name in (grants[grant] ?? {})))
  return Object.fromEntries(Object.entries(all).filter(([name]) => isUsed(name)))
}
