import { type Callback, Pkce, type ProviderDefinition, type Transaction } from '@grantkit/core'
import type { Reply } from '@grantkit/testing/server'
import { expect } from 'vitest'
import { testClock } from './clock.ts'
import { errorOf, goodToken, publicClient, scene } from './scene.ts'

/** A login under way at a server that accepts every code. */
export async function begin(definition: Partial<ProviderDefinition> = {}, ...replies: readonly Reply[]) {
  const stage = await scene(...replies, { json: goodToken })
  const clock = testClock()
  const login = stage.provider(publicClient, definition, { clock }).grant(Pkce)
  const { transaction } = await login.authorize({ scope: ['read'] })
  const { state } = transaction
  /** Finishes with a callback; says what was sent. */
  const finish = async (callback: Callback, changed: unknown = transaction) => {
    const error = await errorOf(login.requestToken(callback, changed as Transaction))
    expect(await stage.tokenRequests(), 'nothing is sent').toHaveLength(0)
    return error
  }
  return { ...stage, login, transaction, state, clock, finish }
}
