import { fc, test } from '@fast-check/vitest'
import { ClientCredentials, Provider } from '@grantkit/core'
import { describe, expect, vi } from 'vitest'
import { parseChallenges } from '../../src/wire/challenges.ts'
import { basicCredentials, formEncode } from '../../src/protocol/authentication/client-authentication.ts'
import { retryAfter } from '../../src/wire/retry-after.ts'
import { metadata } from '../support/acme.ts'
import { cases } from '../support/cases.ts'
import { someTime } from '../support/clock.ts'
import { valueOf } from '../support/offline-provider.ts'
import { secret, text } from '../support/random-input.ts'
import { goodToken } from '../support/scene.ts'

vi.setConfig({ testTimeout: 120_000 })

describe('a WWW-Authenticate header', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'aB="\\, \t(1~é'), maxLength: 200 }),
    fc.constantFrom('Bearer ', 'Basic realm="x", ').chain((start) => text.map((rest) => start + rest)),
  )

  test.prop([hostile], cases)('is a list of challenges, whatever it says', (header) => {
    for (const { scheme, parameters } of parseChallenges(header)) {
      expect(scheme).toMatch(/^[!#$%&'*+\-.^_`|~\da-z]+$/)
      expect(Object.getPrototypeOf(parameters)).toBeNull()
      for (const [name, value] of Object.entries(parameters)) {
        expect(name).toBe(name.toLowerCase())
        expect(typeof value).toBe('string')
      }
    }
  })

  const token = fc.string({ unit: fc.constantFrom(...'abcxyzABC019-._~!'), minLength: 1, maxLength: 12 })
  const quotable = fc.string({ unit: fc.constantFrom(...' !#$%,=aB9~"\\é') })
  const quote = (value: string) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`
  const challenge = fc.record({ scheme: token, parameters: fc.dictionary(token, quotable, { maxKeys: 4 }) })

  test.prop([fc.array(challenge, { maxLength: 4 })], cases)(
    'that was written by the rules is read as it was meant',
    (list) => {
      const header = list
        .map(({ scheme, parameters }) => {
          const pairs = Object.entries(parameters).map(([name, value]) => `${name}=${quote(value)}`)
          return `${scheme}${pairs.length > 0 ? ` ${pairs.join(', ')}` : ''}`
        })
        .join(', ')
      const wanted = list.map(({ scheme, parameters }) => {
        const lower = Object.entries(parameters).map(([name, value]) => [name.toLowerCase(), value] as const)
        return [scheme.toLowerCase(), new Map(lower.toReversed())] // of two that differ in case only, the first counts
      })
      const read = parseChallenges(header).map(({ scheme, parameters }) => [
        scheme,
        new Map(Object.entries(parameters)),
      ])
      expect(read).toEqual(wanted)
    },
  )

  test.prop(
    [
      fc.oneof(
        text,
        fc.integer().map(String),
        fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
      ),
    ],
    cases,
  )('and a Retry-After is a number of whole seconds, or none', (value) => {
    const headers = new Headers()
    if (/^[\t -~]*$/.test(value)) headers.set('retry-after', value)
    const seconds = retryAfter(headers, someTime)
    expect(seconds === undefined || (Number.isInteger(seconds) && seconds >= 0)).toBe(true)
  })
})

describe('Basic', () => {
  const wellFormed = fc.oneof(text, secret).map((value) => value.replaceAll(/\p{Surrogate}/gu, '\uFFFD'))
  const decode = (value = '') => new URLSearchParams(`v=${value}`).get('v')

  test.prop([wellFormed, wellFormed], cases)(
    'is read back as it was meant, whatever id and secret are',
    (id, password) => {
      const header = basicCredentials(id, password)
      expect(header).toMatch(/^Basic [A-Za-z\d+/]+=*$/)
      const [first, second, ...more] = atob(header.slice('Basic '.length)).split(':')
      expect([decode(first), decode(second), more]).toEqual([id, password, []])
    },
  )

  test.prop([fc.string({ unit: fc.constantFrom(...'AZaz09-._~*') })], cases)(
    'leaves unreserved characters alone',
    (value) => {
      expect(formEncode(value)).toBe(value)
    },
  )

  test.prop([text, text, fc.constantFrom('form' as const, 'raw' as const)], cases)(
    'makes a request or a GrantError, whatever id and secret are',
    async (clientId, password, basicEncoding) => {
      let header: string | null = null
      const fetch: typeof globalThis.fetch = async (_, init) => {
        header = new Headers(init?.headers).get('authorization')
        return Response.json(goodToken)
      }
      const definition = { name: 'acme', metadata, clientAuthentication: { basicEncoding } }
      const token = await valueOf(() =>
        new Provider(definition, { clientId, clientSecret: `${password}canary` }, { fetch })
          .grant(ClientCredentials)
          .requestToken(),
      )
      if (token) expect(header).toMatch(/^Basic [A-Za-z\d+/]+=*$/)
    },
  )
})
