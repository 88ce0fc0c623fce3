import { generateState, generateVerifier } from '@grantkit/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_' // RFC 4648 §5

const draw = crypto.getRandomValues.bind(crypto) // taken before the first spy: Bun does not restore it

/** What the system is asked for, and a copy of what it gives. */
function watchDraws(): Uint8Array[] {
  const draws: Uint8Array[] = []
  const spy = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    draw(array)
    draws.push((array as unknown as Uint8Array).slice())
    return array
  })
  onTestFinished(() => spy.mockRestore())
  return draws
}

describe('random octets', () => {
  test.each([
    ['a state', generateState, 33, 43],
    ['a verifier', generateVerifier, 48, 64],
    ['a long verifier', () => generateVerifier(128), 96, 128],
  ])(
    'are drawn when %s is asked for: six bits for each of its characters, and none ahead',
    (_, generate, drawn, length) => {
      const draws = watchDraws()
      for (const count of [1, 2, 3]) {
        const text = generate()
        expect(draws).toHaveLength(count)
        const octets = [...(draws.at(-1) ?? [])]
        expect(octets).toHaveLength(drawn)
        const bits = octets.map((octet) => octet.toString(2).padStart(8, '0')).join('')
        expect(text).toBe(
          [...text].map((_character, i) => alphabet[parseInt(bits.slice(6 * i, 6 * i + 6), 2)]).join(''),
        )
        expect(text).toHaveLength(length)
      }
    },
  )
})
