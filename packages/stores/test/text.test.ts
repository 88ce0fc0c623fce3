import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { decodeText, encodeText } from '../src/shared/text.ts'

/** Any sequence of UTF-16 code units, half pairs included, with what looks like an escape more often than by chance. */
const anyUnit = fc.oneof(fc.nat(0xffff), fc.integer({ min: 0xd800, max: 0xdfff }), fc.constantFrom(0, 0x25))
const anyText = fc
  .array(
    fc.oneof(
      anyUnit.map((unit) => String.fromCharCode(unit)),
      fc.constantFrom('%0025', '%d800', '%0'),
    ),
  )
  .map((parts) => parts.join(''))

test.prop([anyText])('every text comes back', (text) => {
  expect(decodeText(encodeText(text)) === text).toBe(true)
})

test.prop([anyText])('what is kept has a form in UTF-8, and no NUL', (text) => {
  const encoded = encodeText(text)
  expect(Buffer.from(encoded, 'utf8').toString('utf8')).toBe(encoded)
  expect(encoded).not.toContain('\u0000')
})

test('an ordinary text is kept as it is', () => {
  const text = '{"accessToken":"mF_9.B5f-4.1JqM","scope":["läs"],"note":"\\u0000 😀"}'
  expect(encodeText(text)).toBe(text)
})
