import { Pkce } from '@grantkit/core'
import { loopbackLogin, type LoopbackOptions } from '@grantkit/core/node'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { deferred } from '../../support/deferred.ts'
import { listens, loopback, waiting } from '../../support/loopback.ts'
import { errorOf, goodToken } from '../../support/scene.ts'

const minute = 60_000

describe('a login that is given up', () => {
  test('R63: nobody comes back in time, and nothing listens any more', async () => {
    const { begin, clock } = await loopback({ definition: { redirectUri: { hint: 'compare what is registered' } } })
    const login = await begin()
    await clock.advance(5 * minute - 1)
    expect(await listens(login.redirectUri)).toBe(true)
    await clock.advance(1)
    const { code, message, action } = await errorOf(login.token)
    expect([code, action]).toEqual(['timeout', 'retry'])
    expect(message).toContain(`no callback from acme at ${login.redirectUri.href} within 300000 ms`)
    expect(message).toContain('compare what is registered')
    expect(await listens(login.redirectUri)).toBe(false)
  })

  test('R63: the time that the user may take is an option', async () => {
    const { begin, clock } = await loopback()
    const login = await begin({ timeout: minute })
    await clock.advance(minute)
    expect((await errorOf(login.token)).code).toBe('timeout')
  })

  test('R55, R63: the caller aborts, and nothing listens any more', async () => {
    const { begin } = await loopback()
    const controller = new AbortController()
    const login = await begin({ signal: controller.signal })
    controller.abort(new Error('not now'))
    const { code, cause } = await errorOf(login.token)
    expect([code, cause]).toEqual(['aborted', expect.objectContaining({ message: 'not now' })])
    expect(await listens(login.redirectUri)).toBe(false)
  })

  test('the caller has aborted before: nothing is opened', async () => {
    const { acme } = await loopback()
    const open = vi.fn<(url: URL) => void>()
    const login = loopbackLogin(acme.grant(Pkce), { open, signal: AbortSignal.abort() })
    expect((await errorOf(login)).code).toBe('aborted')
    expect(open).not.toHaveBeenCalled()
  })

  test('the caller aborts before the URL is there: nothing is opened', async () => {
    const { acme } = await loopback()
    const open = vi.fn<(url: URL) => void>()
    const controller = new AbortController()
    const login = loopbackLogin(acme.grant(Pkce), { open, signal: controller.signal })
    controller.abort()
    expect((await errorOf(login)).code).toBe('aborted')
    expect(open).not.toHaveBeenCalled()
  })

  test('a code that is there when the time is over is not lost', async () => {
    const { begin, clock } = await loopback()
    const [reached, gate] = [deferred(), deferred()]
    const save = async (): Promise<void> => {
      reached.resolve()
      await gate.promise
    }
    const login = await begin({ source: { save } })
    const page = login.comeBack()
    await reached.promise
    await clock.advance(5 * minute)
    gate.resolve()
    expect((await page).body).toContain('You are logged in')
    expect((await login.token).accessToken).toBe(goodToken['access_token'])
  })

  test('afterwards, no timer of it runs and nobody watches the signal', async () => {
    const { acme, clock } = await loopback()
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    const { promise, resolve } = deferred<URL>()
    const token = loopbackLogin(acme.grant(Pkce), { signal, open: resolve })
    const login = waiting(await promise, token)
    expect([clock.waiting, added.mock.calls.length]).toEqual([1, 1])
    await login.comeBack()
    await token
    const [watching, stopped] = [added, removed].map(({ mock }) => mock.calls.map(([, listener]) => listener))
    expect([clock.waiting, stopped]).toEqual([0, expect.arrayContaining(watching ?? [])])
  })
})

describe('where the browser cannot be opened', () => {
  afterEach(() => void vi.restoreAllMocks())

  /** What goes to stderr, until there is a URL. */
  function printedUrl(): Promise<URL> {
    const printed = deferred<URL>()
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      const [url] = /http\S+/.exec(String(text)) ?? []
      if (url !== undefined) printed.resolve(new URL(url))
      return true
    })
    return printed.promise
  }

  test.each<[string, { open?: (url: URL) => unknown }]>([
    ['there is no opener', {}],
    [
      'the opener throws',
      {
        open: () => {
          throw new Error('no display')
        },
      },
    ],
    ['the opener rejects', { open: () => Promise.reject(new Error('no display')) }],
  ])('NET-42: the URL is printed to stderr: %s', async (_, options) => {
    const { acme } = await loopback()
    const url = printedUrl()
    const controller = new AbortController()
    const login = loopbackLogin(acme.grant(Pkce), { ...options, signal: controller.signal })
    expect((await url).searchParams.get('client_id')).toBe('cid')
    controller.abort()
    await errorOf(login)
  })

  test('an opener that takes its time is not waited for', async () => {
    const { acme } = await loopback()
    const opened = deferred<URL>()
    const controller = new AbortController()
    const login = loopbackLogin(acme.grant(Pkce), {
      signal: controller.signal,
      open: (url) => {
        opened.resolve(url)
        return new Promise(() => undefined)
      },
    })
    await opened.promise
    controller.abort()
    expect((await errorOf(login)).code).toBe('aborted')
  })
})

describe('E-70: a URL that the user pastes', () => {
  test('finishes the login as a callback does', async () => {
    const { begin } = await loopback()
    const pasted = deferred<string>()
    const login = await begin({ paste: pasted.promise })
    pasted.resolve(` ${login.redirectUri.origin}${login.callback()}\n`)
    expect((await login.token).accessToken).toBe(goodToken['access_token'])
    expect(await listens(login.redirectUri)).toBe(false)
  })

  test('is checked alike: what does not belong to the login is passed over', async () => {
    const { begin, tokenRequests } = await loopback()
    const lines = new TransformStream<string, string>()
    const login = await begin({ paste: lines.readable as unknown as AsyncIterable<string> })
    const writer = lines.writable.getWriter()
    for (const line of [
      '',
      'y',
      'https://evil.example' + login.callback(),
      `${login.redirectUri.origin}/other?code=canary-code&state=${login.url.searchParams.get('state')}`,
      `${login.redirectUri.href}?code=canary-evil&state=other`,
      'http://[::1',
    ])
      await writer.write(line)
    expect(await tokenRequests()).toEqual([])
    await writer.write(login.callback().slice('/callback'.length))
    expect((await login.token).accessToken).toBe(goodToken['access_token'])
  })

  test.each<[string, () => LoopbackOptions['paste']]>([
    ['fails at once', () => Promise.reject(new Error('stdin is closed'))],
    ['has ended', async function* ended() {}],
  ])('leaves the listener where the input %s', async (_, paste) => {
    const { begin } = await loopback()
    const login = await begin({ paste: paste() })
    await login.comeBack()
    expect((await login.token).accessToken).toBe(goodToken['access_token'])
  })

  test('is not waited for once the browser has come back', async () => {
    const { begin } = await loopback()
    const returned = vi.fn<() => Promise<IteratorResult<string>>>(() => Promise.resolve({ done: true, value: '' }))
    const iterator = { next: () => new Promise<IteratorResult<string>>(() => undefined), return: returned }
    const login = await begin({ paste: { [Symbol.asyncIterator]: () => iterator } })
    await login.comeBack()
    await login.token
    expect(returned).toHaveBeenCalledOnce()
  })
})
