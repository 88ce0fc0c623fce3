import { expect } from 'vitest'
import type { Browser } from './browser.ts'
import type { StandIn } from './stand-ins.ts'

/** A web app that samples have: the browser of its user, the providers that it may know, and whether it has a logout. */
export interface WebApp {
  readonly browser: Browser
  readonly providers: readonly StandIn[]
  readonly logsOut: boolean
}

/**
 * Uses a web app as people do: /login, the login, /callback, the page that the app goes on to, the same page when the
 * access token has expired, and the logout. And as they should not: the callback in somebody else's browser, a second
 * time, with an error, and the cookies from before the login.
 */
export async function walkThrough({ browser, providers, logsOut }: WebApp): Promise<void> {
  await expectAnonymous(browser, '/')
  const { callback, provider } = await begin(browser, providers)
  const before = browser.other({ cookies: 'same' })

  await expectFailure(await browser.other({ cookies: 'none' }).open(callback), 'the callback in another browser')
  const stranger = browser.other({ cookies: 'none' })
  await begin(stranger, providers)
  await expectFailure(await stranger.open(callback), 'the callback in a browser with a login of its own')
  await expectFailure(await browser.open(withError(callback)), 'a callback that is an error')

  const page = await finish(browser, callback)
  await expectAda(await browser.open(page), 'the page after the login')
  expect(await (await before.open(page)).text(), 'with the cookies from before the login').not.toContain('Ada')
  await provider.expire()
  await expectAda(await browser.open(page), 'the second request, with a fresh token')

  await expectFailure(await browser.open(callback), 'the same callback again')
  await expectAda(await browser.open(page), 'the page after a callback that was refused')
  expect((await browser.open('/favicon.ico')).status, 'any other path').toBe(404)
  if (logsOut) await logOut(browser, page, provider)
}

async function begin(browser: Browser, providers: readonly StandIn[]) {
  const begun = await browser.open('/login')
  expect(begun.status, 'the response of /login').toBe(303)
  const location = begun.headers.get('location') ?? ''
  const provider = providers.find(({ origin }) => location.startsWith(origin))
  if (!provider) throw new Error(`/login leads to ${location}`)
  const { pathname, search } = new URL(await provider.logIn(location))
  return { callback: pathname + search, provider }
}

async function finish(browser: Browser, callback: string): Promise<string> {
  const response = await browser.open(callback)
  expect(response.status, 'the callback').toBe(303)
  const page = response.headers.get('location') ?? ''
  expect(page, 'the page after the login').toMatch(/^\/\w*$/)
  return page
}

async function logOut(browser: Browser, page: string, provider: StandIn): Promise<void> {
  const before = browser.other({ cookies: 'same' })
  expect(await provider.isAlive()).toBe(true)
  expect((await browser.submit('/logout')).status, 'the logout').toBe(303)
  expect(await provider.isAlive(), 'the token after the logout').toBe(false)
  await expectAnonymous(browser, page)
  await expectAnonymous(before, page)
}

function withError(callback: string): string {
  const { searchParams } = new URL(callback, 'https://app.example')
  return `/callback?error=access_denied&state=${searchParams.get('state')}`
}

async function expectAnonymous(browser: Browser, page: string): Promise<void> {
  const text = await (await browser.open(page)).text()
  expect(text).not.toContain('Ada')
  expect(text, 'a page for somebody who is not logged in').toContain('<a href="/login">')
}

async function expectAda(response: Response, what: string): Promise<void> {
  expect(response.status, `the status of ${what}`).toBe(200)
  expect(await response.text(), `the text of ${what}`).toContain('Ada')
}

/** A failed callback gets a page and a link, never a redirect: that could go round in circles. */
async function expectFailure(response: Response, what: string): Promise<void> {
  expect(response.status, `the status of ${what}`).toBe(400)
  expect(response.headers.get('location'), `the location of ${what}`).toBeNull()
  expect(await response.text(), `the page of ${what}`).toContain('<a href="/login">')
}
