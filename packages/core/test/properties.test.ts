import { fc, test } from '@fast-check/vitest'
import {
  ClientCredentials,
  GrantError,
  Pkce,
  Provider,
  type ProviderOptions,
  Refresh,
  Token,
  type Transaction,
} from '@grantkit/core'
import { describe, expect, vi } from 'vitest'
import { redact } from '../src/errors/scrub.ts'
import { parseChallenges } from '../src/protocol/challenge.ts'
import { basicCredentials, formEncode } from '../src/protocol/client-authentication.ts'
import { checkScope } from '../src/token/scope.ts'
import { retryAfter } from '../src/transport/retry-after.ts'
import { cases } from './support/cases.ts'
import { someTime, testClock } from './support/clock.ts'
import { leaksIn } from './support/leaks.ts'
import { rs256 } from './support/openid.ts'
import { findLeaks } from './support/oracle.ts'
import { clientSecret, goodToken, publicClient, watched } from './support/scene.ts'

// Whatever goes in, a valid value or a GrantError comes out, and no secret. That it takes linear time shows in the last
// part: inputs of many sizes, the largest of which would not end in anything but linear time.

vi.setConfig({ testTimeout: 120_000 })

const metadata = {
  issuer: 'https://id.acme.example',
  authorization_endpoint: 'https://id.acme.example/authorize',
  token_endpoint: 'https://id.acme.example/token',
}
const clock = testClock()
const client = { ...publicClient, clientSecret }

/** A provider whose every request gets this answer, without a network: ten thousand of them take a second. */
const answering = (respond: () => Response, more: ProviderOptions = {}): Provider =>
  new Provider({ name: 'acme', metadata }, client, { fetch: async () => respond(), clock, onEvent: watched(), ...more })

/** The value of an action; undefined where it ended in a GrantError. Anything else that it throws fails the property. */
async function valueOf<T>(action: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await action()
  } catch (error) {
    expect(error).toBeInstanceOf(GrantError)
    return undefined
  } finally {
    expect(await findLeaks()).toEqual([])
  }
}

const secret = fc.constantFrom(
  'canary-token',
  'canary/token+1=',
  'canary "quoted" token',
  'canary\r\nX-Evil: 1',
  'canaryé',
)
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    'a'.repeat(5000),
    '\u202E',
    '\u0000',
    '\uD800',
    '%',
    '%zz',
    '&=#?',
  ),
)
/** Any JSON, the members of a prototype included. */
const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(Number.MAX_VALUE, -0, 1e21), text)
/** A document of known members with any values, and of members that nobody knows. */
const document = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.record(members, { requiredKeys: [] }), fc.dictionary(text, json, { maxKeys: 3 }), fc.boolean())
    .map(([known, unknown, hostile]) => {
      const whole = JSON.stringify({ ...unknown, ...known })
      return hostile ? whole.replace('{', `{"__proto__":{"isAdmin":true}${whole === '{}' ? '' : ','}`) : whole
    })

describe('a callback', () => {
  const names = fc.constantFrom('code', 'state', 'iss', 'error', 'error_description', 'error_uri', 'id_token', 'x')
  const pair = names.chain((name) =>
    fc.tuple(fc.constant(name), fc.oneof(text, fc.constant('{state}'), ...(name.startsWith('error') ? [] : [secret]))),
  )
  const parameters = fc.array(pair, { maxLength: 6 })
  const query = fc.oneof(
    fc
      .tuple(fc.constantFrom('?', '/cb?', 'https://app.example/cb?', 'com.example:/?', ''), parameters)
      .map(([start, list]) => start + String(new URLSearchParams(list))),
    text,
    text.map((value) => `?${value}`),
  )
  const shapes = fc.constantFrom(
    (value: string) => value,
    (value: string) => new URLSearchParams(value),
    (value: string) => new URL(`https://app.example/cb?${value.replace(/^.*\?/, '')}`),
    (value: string) => new Request('https://app.example/cb', { method: 'POST', body: new URLSearchParams(value) }),
  )

  test.prop([query, shapes], cases)('becomes a token or a GrantError', async (value, shape) => {
    const login = answering(() => Response.json(goodToken)).grant(Pkce)
    const { transaction } = await login.authorize()
    const callback = value.replaceAll('%7Bstate%7D', transaction.state)
    const token = await valueOf(() => login.requestToken(shape(callback), transaction))
    if (token) expect(callback).toContain(`state=${transaction.state}`)
  })

  const values = { text, secret, json, time: fc.oneof(fc.integer(), fc.constantFrom(someTime, someTime + 1, 1e300)) }
  const change = fc.record(
    {
      state: fc.oneof(values.text, values.json),
      codeVerifier: fc.oneof(values.text, values.secret, values.json),
      redirectUri: fc.oneof(values.text, values.json),
      scope: fc.oneof(fc.array(values.text), values.json),
      provider: fc.oneof(values.text, fc.constant('acme')),
      issuer: fc.oneof(values.text, fc.constant(metadata.issuer)),
      createdAt: fc.oneof(values.time, values.json),
      expiresAt: fc.oneof(values.time, values.json),
      nonce: values.json,
      maxAge: values.json,
      resource: values.json,
    },
    { requiredKeys: [] },
  )

  test.prop([fc.oneof(change, json)], cases)(
    'with a transaction that was tampered with becomes a token or a GrantError',
    async (tampered) => {
      const login = answering(() => Response.json(goodToken)).grant(Pkce)
      const { transaction } = await login.authorize()
      const stored = (typeof tampered === 'object' && tampered && !Array.isArray(tampered)
        ? { ...transaction, ...tampered }
        : tampered) as unknown as Transaction
      await valueOf(() => login.requestToken(`?code=canary-code&state=${transaction.state}`, stored))
    },
  )
})

describe('a token answer', () => {
  const member = fc.oneof({ weight: 3, arbitrary: secret }, { weight: 1, arbitrary: json })
  const answer = document({
    access_token: member,
    token_type: fc.oneof(fc.constantFrom('Bearer', 'bearer', 'DPoP', 'mac', 'N_A'), json),
    expires_in: fc.oneof(fc.constantFrom(3600, '3600', -1, '1e9', 9e15, 0.5, null), json),
    refresh_token: member,
    refresh_token_expires_in: json,
    scope: fc.oneof(fc.constantFrom('a b', '', ' ', 'a"b'), json),
    id_token: member,
    error: fc.oneof(fc.constantFrom('invalid_grant', 'invalid_client', 'slow_down'), json),
    error_description: fc.oneof(text, fc.constant('bad {sent}')),
    error_uri: text,
  })
  const form = fc.record({ access_token: secret, token_type: text, error: text, x: secret }, { requiredKeys: [] })
  const body = fc.oneof(
    answer,
    form.map((value) => String(new URLSearchParams(value as Record<string, string>))),
    text,
    text.map((rest) => `\uFEFF${rest}`),
  )
  const status = fc.constantFrom(200, 200, 200, 201, 202, 400, 401, 403, 404, 429, 500, 503, 599)
  const header = fc.string({ unit: fc.constantFrom(...'aB="\\, \té1'), maxLength: 30 })
  const headers = fc.record(
    {
      'content-type': fc.constantFrom('application/json', 'text/html', 'application/x-www-form-urlencoded', ''),
      'www-authenticate': fc.oneof(header, fc.constant('Bearer error="x", error_description="bad {sent}"')),
      'retry-after': fc.oneof(header, fc.constantFrom('1', '99999999999999999999', 'Fri, 15 Jan 2027 08:00:00 GMT')),
    },
    { requiredKeys: [] },
  )

  test.prop([status, headers, body, fc.boolean()], cases)(
    'becomes a token or a GrantError',
    async (code, fields, content, refreshing) => {
      const echo = (part: string) => part.replaceAll('{sent}', refreshing ? 'canary-refresh-token' : clientSecret)
      const echoed = Object.entries(fields).map(([name, value]) => [name, echo(value)] as [string, string])
      const provider = answering(() => new Response(echo(content), { status: code, headers: echoed }))
      const token = await valueOf(() =>
        refreshing
          ? provider.grant(Refresh).requestToken('canary-refresh-token')
          : provider.grant(ClientCredentials).requestToken(),
      )
      if (!token) return
      expect(code).toBe(200)
      expect(token.accessToken).toMatch(/^[!-~]+$/)
      expect(['Bearer', 'N_A']).toContain(token.tokenType)
      expect(token.expiresAt ?? someTime).toBeGreaterThanOrEqual(someTime)
      expect(Object.isFrozen(token.extra)).toBe(true)
      expect((Object.assign({}, token.extra) as { isAdmin?: boolean }).isAdmin).toBeUndefined()
      expect(Token.from(JSON.stringify(token))).toEqual(token)
    },
  )
})

describe('metadata', () => {
  const url = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.constantFrom(
      'https://id.acme.example/token',
      'http://127.0.0.1:1/token',
      'http://id.acme.example/token',
      'https://user:canary@id.acme.example/token',
      'https://id.acme.example/a?client_id=x',
      'javascript:alert(1)',
      '//id.acme.example',
    ),
    json,
  )
  const metadataDocument = document({
    issuer: fc.oneof(fc.constant(metadata.issuer), url),
    authorization_endpoint: url,
    token_endpoint: fc.oneof(fc.constant(metadata.token_endpoint), url),
    jwks_uri: url,
    revocation_endpoint: url,
    x_endpoint: url,
    token_endpoint_auth_methods_supported: fc.oneof(
      fc.array(fc.constantFrom('client_secret_basic', 'client_secret_post', 'none')),
      json,
    ),
    code_challenge_methods_supported: fc.oneof(fc.array(fc.constantFrom('S256', 'plain')), json),
  })

  /** Where a provider may send a secret. */
  const checkEndpoints = ({ definition }: Provider): void => {
    const endpoints = Object.entries(definition.metadata).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name))
    for (const [, endpoint] of endpoints) {
      const { protocol, hostname, hash, username } = new URL(String(endpoint))
      if (protocol !== 'https:') expect(hostname).toMatch(/^(?:127\.[\d.]+|localhost|\[::1\])$/)
      expect(hash + username).toBe('')
    }
    expect((Object.assign({}, definition.metadata) as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  }

  test.prop([metadataDocument], cases)('makes a provider or a GrantError', async (content) => {
    const given = JSON.parse(content) as never
    const provider = await valueOf(() => new Provider({ name: 'acme', metadata: given }, client))
    if (provider) checkEndpoints(provider)
  })

  test.prop([fc.oneof(metadataDocument, text), fc.constantFrom(200, 200, 200, 404, 400, 503)], cases)(
    'that is fetched makes a provider or a GrantError',
    async (content, status) => {
      const impatient = {
        now: clock.now,
        sleep: (ms: number) => (ms === 77 ? new Promise<void>(() => {}) : Promise.resolve()),
      }
      const fetch = async () => new Response(content, { status })
      const provider = await valueOf(() =>
        Provider.discover(metadata.issuer, client, { fetch, clock: impatient, timeout: 77 }),
      )
      if (!provider) return
      expect(provider.definition.metadata.issuer).toBe(metadata.issuer)
      checkEndpoints(provider)
    },
  )
})

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

describe('scopes', () => {
  const valid = fc.string({ unit: fc.constantFrom(...'abcXYZ019:/.-_~!#[]{}|,'), minLength: 1 })

  test.prop([fc.oneof(fc.array(text), fc.array(json), json)], cases)(
    'are a list without repetition, or a GrantError',
    async (scope) => {
      const checked = await valueOf(() => checkScope(scope as never))
      if (!checked) return
      expect(new Set(checked).size).toBe(checked.length)
      for (const item of checked) expect(item).toMatch(/^[!#-[\]-~]+$/)
    },
  )

  test.prop([fc.uniqueArray(valid, { minLength: 1 })], cases)(
    'that are valid reach the URL, and come back from an answer, as they are',
    async (scope) => {
      const provider = answering(() => Response.json({ ...goodToken, scope: scope.join(' ') }))
      const { url } = await provider.grant(Pkce).authorize({ scope })
      expect(url.searchParams.get('scope')?.split(' ')).toEqual(scope)
      if (scope.includes('openid')) return
      expect((await provider.grant(ClientCredentials).requestToken({ scope })).scope).toEqual(scope)
    },
  )
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

describe('a token', () => {
  const list = fc.array(text)
  const values = fc.dictionary(text, json, { maxKeys: 3 })
  const members = fc.record(
    {
      accessToken: fc.oneof(fc.constant('canary-access-token'), text),
      tokenType: fc.oneof(fc.constantFrom('bearer', 'DPOP', 'N_A'), text),
      scope: list,
      requestedScope: list,
      expiresAt: fc.oneof(fc.integer(), fc.double()),
      refreshExpiresAt: fc.oneof(fc.integer(), json),
      authorizedAt: fc.integer(),
      refreshToken: fc.oneof(fc.constant('canary-refresh-token'), text),
      idToken: fc.constant('canary.id.token'),
      claims: values,
      extra: fc.oneof(values, json),
      fromALaterVersion: json,
    },
    { requiredKeys: ['accessToken'] },
  )

  test.prop([fc.oneof(members, json)], cases)(
    'of any members is one that survives JSON, or a GrantError',
    async (given) => {
      const token = await valueOf(() => new Token(given as never))
      if (!token) return
      const again = Token.from(JSON.stringify(token))
      expect(JSON.stringify(again)).toBe(JSON.stringify(token))
      expect(again).toEqual(JSON.parse(JSON.stringify(token)))
      expect(Object.isFrozen(token.extra) && Object.isFrozen(token.scope)).toBe(true)
      expect(String(token)).not.toContain('canary')
    },
  )

  test.prop(
    [
      fc.oneof(
        text,
        members.map((value) => JSON.stringify(value)),
        document({ accessToken: secret, scope: json }),
      ),
    ],
    cases,
  )('that was stored is one again, or a GrantError', async (stored) => {
    const token = await valueOf(() => Token.from(stored))
    if (token) expect(token.accessToken).toMatch(/^[!-~]+$/)
  })
})

describe('a redirect URI', () => {
  const uri = fc.oneof(
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc
      .tuple(
        fc.constantFrom(
          'https://app.example',
          'http://127.0.0.1:8888',
          'http://[::1]',
          'com.example.app:',
          'myapp:/',
          'http://localhost',
        ),
        text,
      )
      .map(([start, rest]) => `${start}/${rest}`),
    text,
    json,
  )

  test.prop([uri], cases)('is sent byte for byte as it is registered, or is a GrantError', async (redirectUri) => {
    const login = await valueOf(() =>
      new Provider({ name: 'acme', metadata }, { clientId: 'cid', redirectUri: redirectUri as string }).grant(Pkce),
    )
    const begun = login && (await valueOf(() => login.authorize()))
    if (!begun) return
    const registered = [redirectUri].flat()[0]
    expect(begun.transaction.redirectUri).toBe(registered)
    expect(begun.url.searchParams.get('redirect_uri')).toBe(registered)
    expect(registered).not.toMatch(/[#\s]/)
  })
})

describe('an ID token', () => {
  const part = json.map((value) => btoa(JSON.stringify(value).replaceAll(/[^\u0000-\u00FF]/g, '?')).replaceAll('=', ''))
  const header = fc
    .record(
      {
        alg: fc.oneof(fc.constantFrom('RS256', 'none', 'HS256', 'ES256'), json),
        kid: fc.oneof(fc.constant('k1'), json),
        typ: json,
        crit: json,
        b64: json,
      },
      { requiredKeys: [] },
    )
    .map((value) => btoa(JSON.stringify(value).replaceAll(/[^\u0000-\u00FF]/g, '?')).replaceAll('=', ''))
  const forged = fc.oneof(
    fc.tuple(header, part, part).map((parts) => parts.join('.')),
    fc.array(part).map((parts) => parts.join('.')),
    json,
  )

  let id_token: unknown
  const keys = 'https://id.acme.example/keys'
  const login = new Provider({ name: 'acme', metadata: { ...metadata, jwks_uri: keys } }, publicClient, {
    clock,
    fetch: async (input) => Response.json(input === keys ? { keys: [rs256.jwk] } : { ...goodToken, id_token }),
  }).grant(Pkce)

  test.prop([forged], cases)('that the provider did not sign is a GrantError', async (value) => {
    id_token = value
    const { transaction } = await login.authorize({ scope: ['openid'] })
    const token = await valueOf(() => login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
    expect(token).toBeUndefined()
  })
})

describe('what is cut out of a text', () => {
  const forms = fc.constantFrom(
    (value: string) => value,
    (value: string) => encodeURIComponent(value),
    (value: string) => String(new URLSearchParams([['', value]])).slice(1),
    (value: string) => JSON.stringify(value).slice(1, -1),
  )
  const known = fc
    .tuple(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))
    .map((parts) => parts.join('canary'))

  test.prop([fc.array(fc.tuple(known, forms, text), { minLength: 1, maxLength: 4 })], cases)(
    'is each secret in each form',
    (list) => {
      const shown = list.map(([value, form, around]) => `${around} ${form(value)} ${around}`).join('; ')
      const left = redact(
        shown,
        list.map(([value]) => value),
      )
      expect(leaksIn('text', left)).toEqual([])
    },
  )
})

// Sixteen times the input, sixteen times the work: the largest of these would take minutes if it were more.
describe.each([1000, 16_000, 256_000])('an input of %i characters or items ends', (n) => {
  const a = 'a'.repeat(n)
  const callback = async (value: string | URLSearchParams): Promise<unknown> => {
    const login = answering(() => Response.json(goodToken)).grant(Pkce)
    const { transaction } = await login.authorize()
    return valueOf(() => login.requestToken(value, transaction))
  }
  const answer = async (body: string): Promise<unknown> =>
    valueOf(() =>
      answering(() => new Response(body))
        .grant(ClientCredentials)
        .requestToken(),
    )
  const goodAnswer = (more: object): Promise<unknown> => answer(JSON.stringify({ ...goodToken, ...more }))
  const provider = (changes: object): unknown =>
    valueOf(() => new Provider({ name: 'acme', metadata: { ...metadata, ...changes } }, client))

  test.each<[string, () => unknown]>([
    ['a callback of one parameter', () => callback(`?code=${a}`)],
    ['a callback of many', () => callback(`?${'a=b&'.repeat(n)}`)],
    ['a callback of question marks', () => callback('?'.repeat(n))],
    ['parameters of a callback', () => callback(new URLSearchParams(Array.from({ length: n }, () => ['a', 'b'])))],
    ['a token', () => goodAnswer({ access_token: a })],
    ['scopes', () => goodAnswer({ scope: 'a b '.repeat(n) })],
    ['members', () => goodAnswer(Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, i])))],
    ['nesting', () => answer(`{"access_token":"canary","token_type":"Bearer","x":${'['.repeat(n)}${']'.repeat(n)}}`)],
    ['a form', () => answer(`access_token=canary&${'a=b&'.repeat(n)}`)],
    [
      'an ID token',
      async () => {
        const keys = 'https://id.acme.example/keys'
        const id_token = `${btoa('{"alg":"RS256","kid":"k1"}')}.${a}.${a}`
        const fetch = async (input: unknown) =>
          Response.json(input === keys ? { keys: [rs256.jwk] } : { ...goodToken, id_token })
        const definition = { name: 'acme', metadata: { ...metadata, jwks_uri: keys } }
        const login = new Provider(definition, client, { fetch, clock }).grant(Pkce)
        const { transaction } = await login.authorize({ scope: ['openid'] })
        await valueOf(() => login.requestToken(`?code=canary-code&state=${transaction.state}`, transaction))
      },
    ],
    ['an error', () => answer(JSON.stringify({ error: a, error_description: '\u202E'.repeat(n) }))],
    ['a form that is no error', () => answer('a=&'.repeat(n))],
    ['metadata', () => provider(Object.fromEntries(Array.from({ length: n }, (_, i) => [`m${i}`, i])))],
    ['an endpoint', () => provider({ token_endpoint: `https://id.acme.example/${a}` })],
    ['a list', () => provider({ code_challenge_methods_supported: Array.from({ length: n }, () => 'S256') })],
    ['a scope that is asked for', () => valueOf(() => checkScope(Array.from({ length: n }, (_, i) => `s${i}`)))],
    [
      'a stored token',
      () => valueOf(() => Token.from({ accessToken: a, extra: { list: Array.from({ length: n }, () => a[0]) } })),
    ],
    ['an id and a secret', () => basicCredentials(a, 'é'.repeat(n))],
    ['a header', () => parseChallenges(`Bearer ${'a="b\\"", '.repeat(n)}`)],
    [
      'a redirect URI',
      () =>
        valueOf(
          () => new Provider({ name: 'x', metadata }, { clientId: 'x', redirectUri: `https://app.example/${a}` }),
        ),
    ],
    ['a secret in a text', () => redact(`${a}canary`.repeat(8), [`${a}canary`, 'canary'])],
  ])('%s', async (_, work) => {
    await work()
    expect(work).toBeDefined()
  })
})
