import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { append, encodeForm, type RequestValues, writeForm } from '../src/definition/check/parameters.ts'
import { cases } from './support/cases.ts'

test.prop([fc.string({ unit: 'binary' })], cases)('a text is encoded as URLSearchParams encodes it', (text) => {
  expect(encodeForm(text)).toBe(new URLSearchParams([['', text]]).toString().slice(1))
})

test.each([`!'()*~ -._%20+`, 'half \uD800 a character', 'ä', '\u0000'])('%j too', (text) => {
  expect(encodeForm(text)).toBe(new URLSearchParams([['', text]]).toString().slice(1))
})

test('a form is written as URLSearchParams writes it: empty values are left out, lists repeat their name', () => {
  const values: RequestValues = { a: '1', 'b c': '', d: undefined, e: ['x', '', 'y z'], f: [] }
  const form = new URLSearchParams()
  append(form, values)
  expect(writeForm(values)).toBe(form.toString())
  expect(writeForm(values)).toBe('a=1&e=x&e=y+z')
})

test('whatever was written before, and however much of it', () => {
  const redirects = Array.from({ length: 600 }, (_, index) => `http://127.0.0.1:${1024 + index}/ä b`)
  for (const redirect_uri of [...redirects, ...redirects])
    expect(writeForm({ redirect_uri, state: redirect_uri })).toBe(
      new URLSearchParams({ redirect_uri, state: redirect_uri }).toString(),
    )
})
