import { expect, test } from 'vitest'
import { countryName, initials, minutesAndSeconds, trackLength } from '../src/pages/words.ts'

test.each([
  ['Ada Example', 'AE'],
  ['ada', 'A'],
  ['  Ada  of the Example ', 'AE'],
  ['👩‍🚀 Ästhet', '👩‍🚀Ä'],
  ['', ''],
])('the initials of %j are %j', (name, letters) => {
  expect(initials(name)).toBe(letters)
})

test.each([
  ['SE', 'Sweden (SE)'],
  ['XX', 'XX'],
  ['<b>', '<b>'],
])('the country %j is %j', (code, name) => {
  expect(countryName(code)).toBe(name)
})

test.each([
  [3_600_000, '60 min'],
  [3_599_000, '59 min 59 s'],
  [59_400, '59 s'],
  [0, '0 s'],
])('%i milliseconds are %j', (milliseconds, words) => {
  expect(minutesAndSeconds(milliseconds)).toBe(words)
})

test('the length of a track is written as on its cover', () => {
  expect(trackLength(217_573)).toBe('3:37')
  expect(trackLength(61_000)).toBe('1:01')
})
