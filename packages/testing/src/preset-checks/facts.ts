import { parseDefinition, Provider, type ProviderDefinition, type ServerMetadata } from '@grantkit/core'
import { expect } from 'vitest'
import { clientOf, type ProviderCheck } from './check.ts'

/** A name in kebab case, optionally followed by the host of a tenant with a port and a path. */
const presetName = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:-[a-z0-9.:[\]-]+(?:\/[^\s?#]*)?)?$/
/** `scope-token` of RFC 6749 §3.3. */
const scopeToken = /^[\u0021\u0023-\u005B\u005D-\u007E]+$/
/** An https URL with a literal host and without user information. */
const secureUrl = /^https:\/\/[\w.-]+(?::\d+)?(?:[/?#][^\s{}]*)?$/
/** The same with a tenant in the path, as in an issuer of Microsoft Entra. */
const issuerTemplate = /^https:\/\/[\w.-]+(?::\d+)?(?:\/[^\s?#]*)?$/
const oauth2 = Date.parse('2012-10-01') // RFC 6749; no page about it is older
const oneDay = 24 * 60 * 60 * 1000 // it is already tomorrow in some time zones
const tenYears = 10 * 365 * 24 * 60 * 60 // a longer lifetime is probably in milliseconds

/** The data of a preset. */
export const factChecks: readonly ProviderCheck[] = [
  {
    name: 'its name is in kebab case, optionally followed by the host of a tenant',
    check: ({ name }) => expect(name).toMatch(presetName),
  },
  {
    name: 'it survives JSON without loss',
    check(preset) {
      const data = dataOf(preset)
      expect(JSON.parse(JSON.stringify(data))).toStrictEqual(data)
    },
  },
  {
    name: 'every field is one that a definition has, with a value of its kind',
    check: (preset) => expect(parseDefinition(JSON.stringify(dataOf(preset)))).toEqual(dataOf(preset)),
  },
  {
    name: 'a provider accepts it unchanged, with a client that has a secret',
    check: (preset, options) => expect(new Provider(preset, clientOf(options)).definition).toEqual(preset),
  },
  {
    name: 'every endpoint is an https URL',
    check({ metadata, grants = {}, revocation }) {
      for (const [field, url] of endpoints(metadata))
        expect(url, `${field} of the metadata`).toMatch(field === 'issuer' ? issuerTemplate : secureUrl)
      const others = Object.entries({ ...grants, revocation }).map(([name, deviations]) => [name, deviations?.endpoint])
      for (const [name, url = 'https://none'] of others)
        expect(url.replace('{client_id}', 'client'), `the endpoint of ${name}`).toMatch(secureUrl)
    },
  },
  {
    name: 'every scope is a scope token with a description',
    applies: ({ scopes }) => scopes !== undefined,
    check({ scopes = {} }) {
      for (const [scope, { description }] of Object.entries(scopes)) {
        expect(scope).toMatch(scopeToken)
        expect(description, `the description of ${scope}`).toMatch(/^\S(?:.*\S)?$/)
      }
    },
  },
  {
    name: 'every fact has an https source and the date on which it was read',
    check(preset) {
      const { sources = [] } = preset
      expect(sources, 'sources').not.toHaveLength(0)
      for (const { url, read } of sources) {
        expect(url).toMatch(secureUrl)
        expect(isPlausibleDay(read), `${read}, the date on which ${url} was read`).toBe(true)
      }
      const pages = sources.map(({ url }) => withoutFragment(url))
      for (const [fact, page] of pagesOf(preset))
        expect(pages, `the source of ${fact}`).toContain(withoutFragment(page))
    },
  },
  {
    name: 'its API origins are https origins',
    applies: ({ apiOrigins }) => apiOrigins !== undefined,
    check({ apiOrigins = [] }) {
      expect(new Set(apiOrigins).size, 'apiOrigins').toBe(apiOrigins.length)
      for (const origin of apiOrigins) {
        const whole = origin.replace('://*.', '://') // a suffix of many
        expect(whole).toMatch(secureUrl)
        expect(new URL(whole).origin).toBe(whole)
      }
    },
  },
  {
    name: 'its refresh tokens have plausible lifetimes in seconds',
    applies: ({ refreshToken }) => refreshToken !== undefined,
    check({ refreshToken = {} }) {
      const { rotation = 'sometimes', idleLifetime, absoluteLifetime } = refreshToken
      expect(['always', 'sometimes', 'never']).toContain(rotation)
      for (const lifetime of [idleLifetime, absoluteLifetime])
        expect(
          lifetime === undefined || (Number.isInteger(lifetime) && lifetime > 0 && lifetime < tenYears),
          `${lifetime}`,
        ).toBe(true)
      expect(idleLifetime ?? 0).toBeLessThanOrEqual(absoluteLifetime ?? Infinity)
    },
  },
]

/** What a preset says without code. */
function dataOf(preset: ProviderDefinition): object {
  return Object.fromEntries(Object.entries(preset).filter(([name]) => name !== 'hooks'))
}

/** Every URL in the metadata that the library may use (RFC 8414 §2, RFC 8705 §5 for the aliases). */
function endpoints(metadata: Readonly<ServerMetadata>): (readonly [string, unknown])[] {
  const { mtls_endpoint_aliases: aliases = {}, ...own } = metadata
  return [...Object.entries(own), ...Object.entries(aliases as object)].filter(([field]) =>
    /^issuer$|_endpoint$|^jwks_uri$/.test(field),
  )
}

/** The sources of individual facts, by path. */
function pagesOf(part: unknown, place = ''): readonly (readonly [string, string])[] {
  if (typeof part !== 'object' || part === null) return []
  return Object.entries(part).flatMap(([name, value]: [string, unknown]) =>
    name === 'source' && typeof value === 'string'
      ? [[place, value]]
      : pagesOf(value, place ? `${place}.${name}` : name),
  )
}

function withoutFragment(url: string): string {
  return url.replace(/#.*/, '')
}

function isPlausibleDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(time)) return false
  return new Date(time).toISOString().startsWith(day) && time >= oauth2 && time <= Date.now() + oneDay
}
