import { describe, expect, test } from 'vitest'
import { verify } from '../support/id-tokens.ts'
import { logIn, openid } from '../support/openid.ts'
import { errorOf, eventLog } from '../support/scene.ts'

describe('a provider whose ID tokens lack the nonce', () => {
  test('is refused, unless its definition says so', async () => {
    const expected = { nonce: 'of this login' }
    expect((await errorOf(verify({}, expected))).message).toContain('(nonce)')
    expect(await verify({}, expected, { nonce: 'missing' })).toMatchObject({ sub: 'ada' })
  })

  test('cannot have another nonce all the same', async () => {
    const expected = { nonce: 'of this login' }
    for (const nonce of ['of another login', '', null, 42])
      expect((await errorOf(verify({ nonce }, expected, { nonce: 'missing' }))).message).toContain('(nonce)')
  })

  test('is logged in at, with an event that says what was declared', async () => {
    const { events, onEvent } = eventLog()
    const stage = await openid({ onEvent, definition: { idToken: { nonce: 'missing' } } })
    await logIn(stage, { nonce: undefined })
    expect(events).toContainEqual(expect.objectContaining({ type: 'normalised', deviation: 'idToken.nonce' }))
  })
})
