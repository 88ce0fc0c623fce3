import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { encodeForm, formOf, parseForm, type RequestValues } from '../../src/wire/form.ts'
import { cases } from '../support/cases.ts'

test.prop([fc.string({ unit: 'binary' })], cases)('a string is encoded as URLSearchParams encodes it', (text) => {
  expect(encodeForm(text)).toBe(new URLSearchParams([['', text]]).toString().slice(1))
})

test.each([`!'()*~ -._%20+`, 'half \uD800 a character', 'ä', '\u0000'])('%j too', (text) => {
  expect(encodeForm(text)).toBe(new URLSearchParams([['', text]]).toString().slice(1))
})

test('a form leaves out empty values, and an array repeats its name', () => {
  const values: RequestValues = { a: '1', 'b c': '', d: undefined, e: ['x', '', 'y z'], f: [] }
  expect(formOf(values).toString()).toBe('a=1&e=x&e=y+z')
})

test('whatever was written before, and however much of it', () => {
  const redirects = Array.from({ length: 600 }, (_, index) => `http://127.0.0.1:${1024 + index}/ä b`)
  for (const redirect_uri of [...redirects, ...redirects])
    expect(formOf({ redirect_uri, state: redirect_uri }).toString()).toBe(
      new URLSearchParams({ redirect_uri, state: redirect_uri }).toString(),
    )
})

const pairs = fc.array(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { maxLength: 50 })

test.prop([pairs], cases)('a form is read as URLSearchParams reads it', (fields) => {
  const form = new URLSearchParams(fields.map(([name, value]) => [name, value])).toString()
  expect(form === '' ? [] : parseForm(form)).toEqual([...new URLSearchParams(form)])
})

test.prop([fc.string()], cases)('whatever is read as a form does no harm', (text) => {
  expect(parseForm(text).length).toBe(text.split('&').length)
})

test.each([
  ['a=%zz', [['a', '%zz']]],
  ['a=%', [['a', '%']]],
  ['a=%FF+b', [['a', '%FF b']]],
  ['a=b=c', [['a', 'b=c']]],
  ['a', [['a', '']]],
  ['=', [['', '']]],
])('what is not encoded as it should be stays as it is: %s', (text, fields) => {
  expect(parseForm(text)).toEqual(fields)
})

test('a form has a thousand fields at most', () => {
  expect(parseForm('a=&'.repeat(500_000))).toHaveLength(1000)
})
