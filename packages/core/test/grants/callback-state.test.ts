import { describe, expect, test, vi } from 'vitest'
import { equalInConstantTime } from '../../src/wire/constant-time.ts'
import { begin } from '../support/begun-login.ts'

describe('5.8 callback parsing', () => {
  test.each([
    ['no state', '?code=canary-code'],
    ['an empty state', '?code=canary-code&state='],
    ['another state', '?code=canary-code&state=other'],
    ['an error without a state', '?error=access_denied'],
    ['an error with another state', '?error=access_denied&state=other'],
  ])('R30, G8, G33: %s is state_mismatch', async (_, callback) => {
    const { finish } = await begin()
    expect((await finish(callback)).code).toBe('state_mismatch')
  })

  test.each(['__proto__', 'constructor', 'toString', '../../etc/passwd', '%00', 'a%0D%0Ab', 'x'.repeat(10_000)])(
    'R31, A10: the state %.20s is only compared',
    async (hostile) => {
      const { finish } = await begin()
      expect((await finish(`?code=canary-code&state=${hostile}`)).code).toBe('state_mismatch')
    },
  )

  test.each([0, 1, 42, 43, 44, 86, 15_000, 1_000_000])(
    'A11: a state of %i characters is refused like any other',
    async (length) => {
      const { finish, state } = await begin()
      const { code } = await finish(
        `?code=canary-code&state=${state
          .repeat(1 + length / 43)
          .slice(0, length)
          .toLowerCase()}`,
      )
      expect(code).toBe(length > 15_000 ? 'callback_invalid' : 'state_mismatch')
    },
  )

  test('A11: as many characters are compared, wherever the first difference is', () => {
    const state = 'a'.repeat(43)
    const work = [0, 21, 42].map((index) => {
      const spy = vi.spyOn(String.prototype, 'charCodeAt')
      const equal = equalInConstantTime(`${state.slice(0, index)}b${state.slice(index + 1)}`, state)
      const { length } = spy.mock.calls
      spy.mockRestore()
      expect(equal).toBe(false)
      return length
    })
    expect(new Set(work)).toEqual(new Set([2 * 43]))
  })

  test.each([0, 7, 42])('R186, A11: a state that differs in its character %i is refused', async (index) => {
    const { finish, state } = await begin()
    const changed = state.slice(0, index) + (state[index] === 'A' ? 'B' : 'A') + state.slice(index + 1)
    expect((await finish(`?code=canary-code&state=${changed}`)).code).toBe('state_mismatch')
  })
})
