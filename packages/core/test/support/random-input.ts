import { fc } from '@fast-check/vitest'

// What the properties are tried with. Whatever goes in, a valid value or a GrantError comes out, and no secret.

export const secret = fc.constantFrom(
  'canary-token',
  'canary/token+1=',
  'canary "quoted" token',
  'canary\r\nX-Evil: 1',
  'canaryé',
)
export const text = fc.oneof(
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
/** Any JSON, the properties of a prototype included. */
export const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(Number.MAX_VALUE, -0, 1e21), text)
/** A document of known fields with any values, and of unknown fields. */
export const document = (members: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<string> =>
  fc
    .tuple(fc.record(members, { requiredKeys: [] }), fc.dictionary(text, json, { maxKeys: 3 }), fc.boolean())
    .map(([known, unknown, hostile]) => {
      const whole = JSON.stringify({ ...unknown, ...known })
      return hostile ? whole.replace('{', `{"__proto__":{"isAdmin":true}${whole === '{}' ? '' : ','}`) : whole
    })
