import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { decodeString, encodeString } from '../src/shared/string-encoding.ts'

/** Any sequence of UTF-16 code units, including lone surrogates, with many lookalikes of escapes. */
const anyUnit = fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff }), fc.constantFrom(0, 0x25))
const anyText = fc
  .array(
    fc.oneof(
      anyUnit.map((unit) => String.fromCharCode(unit)),
      fc.constantFrom('%0025', '%d800', '%0'),
    ),
  )
  .map((parts) => parts.join(''))

test.prop([anyText])('every string is decoded to the original', (text) => {
  expect(decodeString(encodeString(text)) === text).toBe(true)
})

test.prop([anyText])('an encoded string is valid UTF-8 without NUL', (text) => {
  const encoded = encodeString(text)
  expect(Buffer.from(encoded, 'utf8').toString('utf8')).toBe(encoded)
  expect(encoded).not.toContain('\u0000')
})

test('an ordinary string is not changed', () => {
  const text = '{"accessToken":"mF_9.B5f-4.1JqM","scope":["läs"],"note":"\\u0000 😀"}'
  expect(encodeString(text)).toBe(text)
})
