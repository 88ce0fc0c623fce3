import { describe, expect, test } from 'vitest'
import { rawServer, response } from '../support/raw-server.ts'
import { faultServer } from '../support/servers.ts'
import { watchStrays } from '../support/strays.ts'
import { fetchOn, releases } from '../support/undici.ts'

const chunk = new Uint8Array(1000)

/** A body that breaks after some chunks. */
function broken(chunks: number): ReadableStream {
  let left = chunks
  return new ReadableStream({
    pull(controller) {
      if (left-- === 0) controller.error(new Error('the file is gone'))
      else controller.enqueue(chunk)
    },
  })
}

/** A body that has one chunk and no end, and a promise for the moment when it is cancelled. */
function endless(): { readonly body: ReadableStream; readonly cancelled: Promise<void>; fail(): void } {
  let [cancel, fail] = [() => {}, () => {}]
  const cancelled = new Promise<void>((resolve) => (cancel = resolve))
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(chunk)
      fail = () => controller.error(new Error('the file is gone'))
    },
    cancel: () => cancel(),
  })
  return { body, cancelled, fail: () => fail() }
}

const posted = (body: ReadableStream, more: RequestInit = {}): RequestInit =>
  ({ method: 'POST', body, duplex: 'half', ...more }) as RequestInit

describe.each(releases)('on %s, a request body', (_, undici) => {
  const fetch = fetchOn(undici)
  const echo = async () => {
    const server = await faultServer()
    await server.reply('/x', { text: 'ok' })
    return { url: `${server.url}/x`, sent: async () => (await server.requests())[0] }
  }

  test.each<[string, () => BodyInit, string, string | undefined]>([
    ['a string', () => 'héllo', 'héllo', 'text/plain;charset=UTF-8'],
    ['an empty string', () => '', '', 'text/plain;charset=UTF-8'],
    ['bytes', () => new TextEncoder().encode('hello'), 'hello', undefined],
    ['an ArrayBuffer', () => new TextEncoder().encode('hello').buffer, 'hello', undefined],
    ['a part of a buffer', () => Buffer.from('say hello').subarray(4), 'hello', undefined],
    ['parameters', () => new URLSearchParams({ a: 'b c' }), 'a=b+c', 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['a Blob', () => new Blob(['hello'], { type: 'text/x-note' }), 'hello', 'text/x-note'],
  ])('that is %s goes out whole, with its length and its type', async (_kind, body, text, type) => {
    const { url, sent } = await echo()
    await (await fetch(url, { method: 'POST', body: body() })).text()
    const { headers, body: received } = (await sent()) ?? {}
    expect([received, headers?.['content-type']]).toEqual([text, type])
    expect(headers?.['content-length']).toBe(String(Buffer.byteLength(text)))
  })

  test('that is a form goes out with its boundary', async () => {
    const { url, sent } = await echo()
    const form = new FormData()
    form.set('file', new Blob(['hello']), 'a.txt')
    await (await fetch(url, { method: 'POST', body: form })).text()
    const { headers, body } = (await sent()) ?? {}
    expect(headers?.['content-type']).toMatch(/^multipart\/form-data; boundary=/)
    expect(body).toContain('filename="a.txt"')
  })

  test('of a Request goes out as a stream, and is used up', async () => {
    const { url, sent } = await echo()
    const request = new Request(url, { method: 'POST', body: 'hello' })
    await (await fetch(request)).text()
    expect((await sent())?.body).toBe('hello')
    expect(request.bodyUsed).toBe(true)
    await expect(fetch(request)).rejects.toThrow(TypeError)
  })

  test('of a GET is refused, as is one that is locked', async () => {
    const { url, sent } = await echo()
    const { body } = endless()
    body.getReader()
    for (const init of [{ body: 'x' }, { method: 'head', body: 'x' }, posted(body)])
      await expect(fetch(url, init)).rejects.toThrow(TypeError)
    expect(await sent()).toBeUndefined()
  })

  test.each([0, 1, 100])('that breaks after %i chunks rejects the call, and nothing else', async (chunks) => {
    const strays = watchStrays()
    const url = await rawServer(() => undefined)
    const error = await fetch(url, posted(broken(chunks))).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'TypeError', cause: { message: 'the file is gone' } })
    expect(await strays()).toEqual([])
  })

  test('that breaks before undici is loaded rejects the call, and nothing else', async () => {
    const strays = watchStrays()
    const late = fetchOn(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      return undici()
    })
    await expect(late(await rawServer(''), posted(broken(0)))).rejects.toThrow(TypeError)
    expect(await strays()).toEqual([])
  })

  test('that breaks after the response has come is nobody’s error', async () => {
    const strays = watchStrays()
    const url = await rawServer(response('200 OK', [], 'hello'))
    const { body, fail } = endless()
    expect(await (await fetch(url, posted(body))).text()).toBe('hello')
    fail()
    expect(await strays()).toEqual([])
  })

  test('that yields something that is not bytes rejects the call', async () => {
    const strays = watchStrays()
    const body = new ReadableStream({ start: (controller) => controller.enqueue(7) })
    await expect(fetch(await rawServer(''), posted(body))).rejects.toThrow(TypeError)
    expect(await strays()).toEqual([])
  })

  test('is cancelled when the call is aborted', async () => {
    const strays = watchStrays()
    const controller = new AbortController()
    const { body, cancelled } = endless()
    let arrived: () => void
    const request = new Promise<void>((resolve) => (arrived = resolve))
    const rejected = fetch(await rawServer(() => arrived()), posted(body, { signal: controller.signal })).catch(
      (error: unknown) => error,
    )
    await request
    controller.abort('gone')
    expect(await rejected).toBe('gone')
    await cancelled
    expect(await strays()).toEqual([])
  })

  test('is cancelled when the call fails before anything is sent', async () => {
    const { body, cancelled } = endless()
    const guarded = fetchOn(undici, { privateAddresses: 'refused' })
    await expect(guarded('http://127.0.0.1/', posted(body))).rejects.toMatchObject({ code: 'insecure_url' })
    await cancelled
  })
})
