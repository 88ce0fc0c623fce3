import { generateState, generateVerifier } from '@grantkit/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const draw = crypto.getRandomValues.bind(crypto)

/** What the system has given: where it was written, and a copy. Afterwards, 128 octets of the first draw are used. */
function drawn(): { readonly kept: Uint8Array; readonly octets: Uint8Array }[] {
  const draws: { kept: Uint8Array; octets: Uint8Array }[] = []
  const spy = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    draw(array)
    const kept = array as unknown as Uint8Array
    draws.push({ kept, octets: kept.slice() })
    return array
  })
  onTestFinished(() => spy.mockRestore())
  for (let i = 0; i < 100 && draws.length === 0; i++) generateVerifier(128)
  expect(draws).toHaveLength(1)
  return draws
}

describe('random octets that are drawn ahead', () => {
  test('are each one character, and wiped with it', () => {
    const [{ kept, octets } = expect.fail('nothing was drawn')] = drawn()
    let end = octets.length - 128
    for (const generate of [generateState, generateVerifier, () => generateVerifier(127), generateState]) {
      const text = generate()
      const own = [...octets.subarray(end - text.length, end)].toReversed()
      expect(text).toBe(own.map((octet) => alphabet[octet & 63]).join(''))
      end -= text.length
      expect(kept.subarray(end).every((octet) => octet === 0)).toBe(true)
      expect(kept.subarray(0, end).every((octet, index) => octet === octets[index])).toBe(true)
    }
  })

  test('are used up before the system is asked again', () => {
    const draws = drawn()
    const left = (draws[0]?.octets.length ?? 0) - 128
    for (let i = 0; i < left / 64; i++) generateVerifier(64)
    expect(draws).toHaveLength(1)
    generateVerifier(64)
    expect(draws).toHaveLength(2)
  })
})
