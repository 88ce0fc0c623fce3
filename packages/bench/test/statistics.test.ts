import { expect, test } from 'vitest'
import { figureOf, median, quantile, ratios, shuffled, spread } from '../src/measure/statistics.ts'

test.each([
  [[3], 0.5, 3],
  [[1, 2], 0.5, 1.5],
  [[4, 1, 3, 2], 0.25, 1.75],
  [[5, 1, 4, 2, 3], 0.75, 4],
])('of %j, %d lie below %d', (values, share, expected) => {
  expect(quantile(values, share)).toBe(expected)
})

test('a figure is the median with its quartiles', () => {
  expect(figureOf([5, 1, 4, 2, 3])).toStrictEqual({ median: 3, q1: 2, q3: 4 })
})

test('nothing has no median', () => {
  expect(() => median([])).toThrow('there is nothing to take a quantile of')
})

test('ratios are taken round by round', () => {
  expect(ratios([2, 9], [1, 3])).toStrictEqual([2, 3])
  expect(() => ratios([1], [1, 2])).toThrow('a ratio needs as many measurements of the floor')
})

test('the spread is a share of the middle', () => {
  expect(spread([9, 10, 11])).toBe(0.2)
})

test('what is shuffled has the same values, and is left as it was', () => {
  const values = [1, 2, 3, 4]
  expect(shuffled(values, () => 0)).toStrictEqual([2, 3, 4, 1])
  expect(values).toStrictEqual([1, 2, 3, 4])
})
