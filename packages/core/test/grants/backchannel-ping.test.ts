import type { BackchannelTransaction, PingRequest } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { cibaStage } from '../support/ciba-stage.ts'
import { accessToken } from '../support/openid.ts'
import { request } from '../support/pending-stage.ts'
import { errorOf } from '../support/scene.ts'

const asked = { scope: ['openid'], loginHint: 'canary-ada@example.org' }

/** A login in the mode `ping`. */
async function pinged() {
  const stage = await cibaStage()
  const { transaction } = await stage.ciba.authorize({ ...asked, mode: 'ping' })
  return { ...stage, transaction }
}

/** The ping of a login, changed by the test. */
function pingOf({ clientNotificationToken }: BackchannelTransaction, change: RequestInit = {}): Request {
  const body = JSON.stringify({ auth_req_id: request.auth_req_id })
  const headers = { authorization: `Bearer ${clientNotificationToken}`, 'content-type': 'application/json' }
  return new Request('https://app.example/ping', { method: 'POST', headers, body, ...change })
}

describe('a login with a ping', () => {
  test('begins with a bearer token of its own, which nobody can guess', async () => {
    const { ciba, transaction, sentTo } = await pinged()
    const { transaction: next } = await ciba.authorize({ ...asked, mode: 'ping' })
    expect(transaction.clientNotificationToken).toMatch(/^[\w-]{43}$/)
    expect(transaction.clientNotificationToken).not.toBe(next.clientNotificationToken)
    expect((await sentTo('/bc'))[0]?.form).toMatchObject({
      client_notification_token: transaction.clientNotificationToken,
    })
  })

  test('begins so by itself where the provider knows no other mode, and takes a token of your own', async () => {
    const metadata = { backchannel_token_delivery_modes_supported: ['ping', 'push'] }
    const { ciba } = await cibaStage([], { metadata })
    expect((await ciba.authorize(asked)).transaction).toHaveProperty('clientNotificationToken')
    expect((await ciba.authorize({ ...asked, mode: 'poll' })).transaction).not.toHaveProperty('clientNotificationToken')
    const clientNotificationToken = 'canary-notification-token-of-my-own'
    const { transaction } = await ciba.authorize({ ...asked, clientNotificationToken })
    expect(transaction.clientNotificationToken).toBe(clientNotificationToken)
  })

  test('waits no longer once the ping has come, in whichever process it does', async () => {
    const { ciba, grantOf, transaction, clock } = await pinged()
    const stored = JSON.parse(JSON.stringify(transaction)) as BackchannelTransaction
    const ready = await grantOf().readPing(pingOf(transaction), stored)
    expect(ready).toEqual({ ...transaction, pinged: true })
    expect((await ciba.requestToken(ready)).accessToken).toBe(accessToken)
    expect(clock.pauses).toEqual([])
  })

  test('takes the ping as a framework has parsed it', async () => {
    const { ciba, transaction } = await pinged()
    const headers = { authorization: `bearer ${transaction.clientNotificationToken}` }
    const body = { auth_req_id: request.auth_req_id }
    expect(await ciba.readPing({ method: 'POST', headers, body }, transaction)).toMatchObject({ pinged: true })
  })
})

describe('a ping is refused', () => {
  test.each<[string, (transaction: BackchannelTransaction) => unknown, string]>([
    ['without a token', (it) => pingOf(it, { headers: {} }), 'callback_invalid'],
    [
      'with other credentials',
      (it) => pingOf(it, { headers: { authorization: 'Basic Y2lkOg==' } }),
      'callback_invalid',
    ],
    [
      'with the token of another login',
      (it) => pingOf(it, { headers: { authorization: 'Bearer x' } }),
      'state_mismatch',
    ],
    ['for another login', (it) => pingOf(it, { body: '{"auth_req_id":"other"}' }), 'state_mismatch'],
    ['with a form', (it) => pingOf(it, { body: 'auth_req_id=canary-auth-req-id' }), 'callback_invalid'],
    ['with an array', (it) => pingOf(it, { body: '[]' }), 'callback_invalid'],
    ['with a number', (it) => pingOf(it, { body: '{"auth_req_id":1}' }), 'callback_invalid'],
    ['that is endless', (it) => pingOf(it, { body: 'x'.repeat(20_000) }), 'callback_invalid'],
    ['that is a GET', (it) => ({ ...parsed(it), method: 'GET' }), 'callback_invalid'],
    ['with its headers twice', (it) => ({ ...parsed(it), headers: { authorization: ['a', 'b'] } }), 'callback_invalid'],
    ['without a body', (it) => ({ ...parsed(it), body: undefined }), 'callback_invalid'],
    ['that is not a request', () => 'canary', 'callback_invalid'],
    ['that is nothing', () => undefined, 'callback_invalid'],
    ['without headers', () => ({ method: 'POST' }), 'callback_invalid'],
  ])('%s', async (_, make, code) => {
    const { ciba, transaction } = await pinged()
    expect((await errorOf(ciba.readPing(make(transaction) as PingRequest, transaction))).code).toBe(code)
  })

  function parsed({ clientNotificationToken }: BackchannelTransaction) {
    const headers = { authorization: `Bearer ${clientNotificationToken}` }
    return { method: 'POST', headers, body: { auth_req_id: request.auth_req_id } }
  }

  test('whose body was read already, with what to pass', async () => {
    const { ciba, transaction } = await pinged()
    const ping = pingOf(transaction)
    await ping.text()
    expect((await errorOf(ciba.readPing(ping, transaction))).message).toContain('{ method, headers, body }')
  })

  test('for a login without a ping, for none, and for one that has expired', async () => {
    const { ciba, transaction, clock } = await pinged()
    const { clientNotificationToken: _, ...polled } = transaction
    expect((await errorOf(ciba.readPing(pingOf(transaction), polled))).code).toBe('config_invalid')
    expect((await errorOf(ciba.readPing(pingOf(transaction), undefined))).code).toBe('state_mismatch')
    clock.jump(900_000)
    expect((await errorOf(ciba.readPing(pingOf(transaction), transaction))).code).toBe('transaction_expired')
  })
})
