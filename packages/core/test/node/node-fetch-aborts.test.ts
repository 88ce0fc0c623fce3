import { describe, expect, test } from 'vitest'
import { collectGarbage } from '../support/garbage.ts'
import { type RawReply, rawServer } from '../support/raw-server.ts'
import { watchStrays } from '../support/strays.ts'
import { fetchOn, releases } from '../support/undici.ts'

const silence: RawReply = () => undefined
const begun = 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello'
const reasons = [undefined, null, 0, '', false, Number.NaN, 'gone', new Error('gone'), { why: 'gone' }]

/** A server, and a promise for its first request. */
async function visited(reply: RawReply): Promise<{ readonly url: string; readonly request: Promise<void> }> {
  let arrived: () => void
  const request = new Promise<void>((resolve) => (arrived = resolve))
  const url = await rawServer((socket) => {
    if (typeof reply === 'function') reply(socket)
    else socket.write(reply)
    arrived()
  })
  return { url, request }
}

/** What a promise is rejected with. */
const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => expect.fail('it was not rejected'),
    (error: unknown) => error,
  )

describe.each(releases)('on %s, an abort rejects with its reason', (_, undici) => {
  const fetch = fetchOn(undici)

  test.each(reasons)('before anything is sent: %j', async (reason) => {
    const signal = AbortSignal.abort(reason)
    expect(await rejection(fetch(await rawServer(silence), { signal }))).toBe(signal.reason)
  })

  test.each(reasons)('before the response: %j', async (reason) => {
    const strays = watchStrays()
    const { url, request } = await visited(silence)
    const controller = new AbortController()
    const rejected = rejection(fetch(url, { signal: controller.signal }))
    await request
    controller.abort(reason)
    expect(await rejected).toBe(controller.signal.reason)
    expect(await strays()).toEqual([])
  })

  test.each(reasons)('within the body: %j', async (reason) => {
    const strays = watchStrays()
    const controller = new AbortController()
    const response = await fetch(await rawServer(begun), { signal: controller.signal })
    const rejected = rejection(response.text())
    controller.abort(reason)
    expect(await rejected).toBe(controller.signal.reason)
    expect(await strays()).toEqual([])
  })

  test('after the body was read, it changes nothing', async () => {
    const controller = new AbortController()
    const response = await fetch(await rawServer(`${begun} you`), { signal: controller.signal })
    expect(await response.text()).toBe('hello you')
    controller.abort()
  })

  test('while informational responses keep coming', async () => {
    const { url, request } = await visited('HTTP/1.1 102 Processing\r\n\r\n'.repeat(3))
    const controller = new AbortController()
    const rejected = rejection(fetch(url, { signal: controller.signal }))
    await request
    controller.abort('enough')
    expect(await rejected).toBe('enough')
  })

  test('through the signal of a Request that nobody else keeps', async () => {
    const { url, request } = await visited(silence)
    const controller = new AbortController()
    const rejected = rejection(fetch(new Request(url, { signal: controller.signal })))
    await request
    await collectGarbage()
    controller.abort('gone')
    expect(await rejected).toBe('gone')
  })

  test('through the signal of such a Request, within the body', async () => {
    const url = await rawServer(begun)
    const controller = new AbortController()
    const response = await fetch(new Request(url, { signal: controller.signal }))
    await collectGarbage()
    const rejected = rejection(response.text())
    controller.abort('gone')
    expect(await rejected).toBe('gone')
  })
})
