import { Token, type Transaction } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { Session } from '../src/sessions/session.ts'
import { Sessions } from '../src/sessions/sessions.ts'

describe('sessions', () => {
  test('are limited in number, and the least recently used one is dropped first', () => {
    const sessions = new Sessions()
    const [first, second] = [sessions.open(), sessions.open()]
    for (let count = 2; count < 1_000; count++) sessions.open()
    expect(sessions.find(first.id)).toBe(first)
    sessions.open()
    expect(sessions.find(second.id)).toBeUndefined()
    expect(sessions.find(first.id)).toBe(first)
  })

  test('are found only by their ID', () => {
    const sessions = new Sessions()
    sessions.open()
    expect([sessions.find(undefined), sessions.find(''), sessions.find('x')]).toStrictEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  test('with a new ID are not found by the old one', () => {
    const sessions = new Sessions()
    const before = sessions.open()
    const after = sessions.renew(before)
    expect([after.id === before.id, after.formToken === before.formToken]).toStrictEqual([false, false])
    expect(sessions.find(before.id)).toBeUndefined()
    expect(sessions.find(after.id)).toBe(after)
  })

  test('keep the latest twenty pending logins', () => {
    const session = new Session()
    for (let count = 1; count <= 21; count++) session.begin(transaction(`state ${count}`))
    expect(session.transactionOf('state 1')).toBeUndefined()
    expect(session.transactionOf('state 2')?.state).toBe('state 2')
    expect(new Session(session).transactionOf('state 21')?.state).toBe('state 21')
  })

  test('refresh once for several tabs', async () => {
    const session = new Session()
    session.login = { token: Token.from({ accessToken: 'old' }), issuedAt: 0, refreshes: 0 }
    let answer: (accessToken: string) => void = () => {}
    const answered = new Promise<string>((resolve) => (answer = resolve))
    let asked = 0
    const tabs = [1, 2].map(() =>
      session.refresh(async ({ refreshes }) => {
        asked++
        const accessToken = await answered
        return { token: Token.from({ accessToken }), issuedAt: 1, refreshes: refreshes + 1 }
      }),
    )
    answer('new')
    await Promise.all(tabs)
    expect(asked).toBe(1)
    expect(session.login).toMatchObject({ token: { accessToken: 'new' }, refreshes: 1 })
  })

  test('keep the login when a refresh fails, and can refresh again', async () => {
    const session = new Session()
    const login = { token: Token.from({ accessToken: 'old' }), issuedAt: 0, refreshes: 0 }
    session.login = login
    await expect(session.refresh(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(session.login).toBe(login)
    await session.refresh(async (before) => ({ ...before, refreshes: 1 }))
    expect(session.login).toMatchObject({ refreshes: 1 })
  })
})

function transaction(state: string): Transaction {
  const redirectUri = 'http://127.0.0.1/callback'
  return { state, redirectUri, scope: [], provider: 'spotify', createdAt: 0, expiresAt: 1 }
}
