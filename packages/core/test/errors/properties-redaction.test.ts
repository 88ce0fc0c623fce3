import { fc, test } from '@fast-check/vitest'
import { describe, expect, vi } from 'vitest'
import { redact } from '../../src/errors/scrub.ts'
import { cases } from '../support/cases.ts'
import { leaksIn } from '../support/leaks.ts'
import { text } from '../support/random-input.ts'

vi.setConfig({ testTimeout: 120_000 })

describe('what is cut out of a string', () => {
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
