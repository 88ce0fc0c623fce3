import { fc } from '@fast-check/vitest'
import { json, text } from './random-input.ts'
import { type Answered, endpoints } from './referee-endpoints.ts'

type From = Answered['from']
export const challenge = 'Bearer error="invalid_token"'
export const type = { 'content-type': 'application/json' }
/** A good response with a change. */
export const answered = (from: From, change: object = {}, more: Partial<Answered> = {}): Answered => ({
  from,
  status: endpoints[from].status,
  headers: type,
  body: JSON.stringify({ ...endpoints[from].good, ...change }),
  ...more,
})
/** An error. */
export const failed = (
  from: From,
  status: number,
  headers: object = type,
  body = '{"error":"invalid_client"}',
): Answered => answered(from, {}, { status, headers: headers as Answered['headers'], body })

const odd = fc.oneof(text, json)
const special: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  expires_in: fc.constantFrom(900, '900', '3.7', '3600s', -1, 0, 9e15, null),
  interval: fc.constantFrom(5, '5', 0, -1, 0.5, 301, null),
  verification_uri: fc.constantFrom('https://id.acme.example/', 'http://id.acme.example/', 'javascript:1', ''),
  request_uri: fc.constantFrom('urn:x:y', 'https://id.acme.example/r', 'x', ''),
  active: fc.constantFrom(true, false, 'true', 1, null),
  scope: fc.constantFrom('a b', '', ' ', 'a a', ['a'], null),
  aud: fc.constantFrom('api', ['api'], ['api', 7], [], null),
  exp: fc.constantFrom(1_900_000_000, '1', -1, 0.5, null),
  cnf: fc.constantFrom({ jkt: 'x' }, 'x', [], null),
  sub: fc.constantFrom('ada', 'eve', 'ada ', ['ada'], '', null),
  error: fc.constantFrom('invalid_request', 'slow_down', ''),
}
const usually = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })
const changeOf = (from: From) => {
  const known = [...Object.keys(endpoints[from].good), ...(from === 'introspection' ? Object.keys(special) : ['error'])]
  const named = fc
    .constantFrom(...known)
    .chain((name) => fc.tuple(fc.constant(name), fc.oneof(special[name] ?? odd, odd)))
  return fc.oneof({ weight: 4, arbitrary: named }, { weight: 1, arbitrary: fc.tuple(text, json) })
}

/** A good response with a thing or two wrong. */
export const inputOf = (from: From): fc.Arbitrary<Answered> =>
  fc
    .tuple(
      fc.array(changeOf(from), { maxLength: 2 }),
      usually(endpoints[from].status, 200, 201, 302, 400, 401, 429, 500, 503),
      usually<object>(
        {},
        { 'content-type': 'text/html' },
        { 'www-authenticate': challenge },
        { 'www-authenticate': '"' },
      ),
      usually<((body: string) => string) | undefined>(
        undefined,
        () => 'error=x',
        () => '[]',
        () => '{"error":"x"}',
      ),
    )
    .map(([changed, status, headers, bodyOf]) => {
      const response = answered(from, Object.fromEntries(changed), { status, headers: { ...type, ...headers } })
      return Object.assign(response, bodyOf && { body: bodyOf(response.body) })
    })
