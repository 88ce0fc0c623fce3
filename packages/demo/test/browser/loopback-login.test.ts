import { Pkce, Provider, type Token } from '@grantkit/core'
import { loopbackLogin } from '@grantkit/core/node'
import { type AuthorizationServer, startAuthorizationServer } from '@grantkit/testing/server'
import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, Window } from '../support/browser.ts'

let browser: Browser
let server: AuthorizationServer
beforeAll(async () => {
  browser = await launch()
  const clients = [{ clientId: 'my-client', redirectUris: ['http://127.0.0.1/callback'] }]
  server = await startAuthorizationServer({ clients })
})
afterAll(async () => {
  await browser.close()
  await server.close()
})

const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true }
const desktop = { viewport: { width: 1280, height: 860 } }

/** A program that logs its user in: the URL that it opens, and what it comes to. */
async function program(
  redirectUri = 'http://127.0.0.1/callback',
): Promise<{ readonly url: string; readonly outcome: Promise<Token | string> }> {
  const { metadata } = server
  const provider = new Provider({ name: 'acme', metadata }, { clientId: 'my-client', redirectUri })
  let outcome: Promise<Token | string> = Promise.resolve('not begun')
  const url = await new Promise<URL>((open) => {
    outcome = loopbackLogin(provider.grant(Pkce), { open }).catch(({ code }: { code: string }) => code)
  })
  return { url: url.href, outcome }
}

/** Goes through the pages of the authorization server. */
async function logIn(window: Window, url: string, button: 'Agree' | 'Cancel'): Promise<void> {
  await window.page.goto(url)
  await window.sees('Choose an account')
  await window.press(/Ada Example/)
  await window.sees(/asks for access$/)
  await window.press(button)
}

describe.each([
  { name: 'phone-light', options: { ...phone, colorScheme: 'light' } as const },
  { name: 'phone-dark', options: { ...phone, colorScheme: 'dark' } as const },
  { name: 'desktop-light', options: { ...desktop, colorScheme: 'light' } as const },
  { name: 'desktop-dark', options: { ...desktop, colorScheme: 'dark' } as const },
])('a program that opens a browser ($name)', ({ name, options }) => {
  test('logs its user in and shows it, and reloading an old tab does not disturb a later login', async () => {
    await using window = await Window.open(browser, options)
    const first = await program()
    await logIn(window, first.url, 'Agree')
    await window.sees('You are logged in at acme', `loopback-done-${name}`)
    expect(await first.outcome).toMatchObject({ tokenType: 'Bearer' })
    const { callback } = window

    const second = await program(callback.replace(/\?.*/, ''))
    await window.page.reload()
    await window.sees('This page does not belong to the login', `loopback-stranger-${name}`)
    await using other = await Window.open(browser, options)
    await other.page.goto(callback)
    await other.sees('This page does not belong to the login')
    await logIn(other, second.url, 'Agree')
    await other.sees('You are logged in at acme')
    expect(await second.outcome).toMatchObject({ tokenType: 'Bearer' })

    expect([...window.elsewhere, ...other.elsewhere]).toStrictEqual([])
    expect([...window.complaints, ...other.complaints]).toStrictEqual([])
  })

  test('shows that access was denied', async () => {
    await using window = await Window.open(browser, options)
    const { url, outcome } = await program()
    await logIn(window, url, 'Cancel')
    await window.sees('Access was not granted', `loopback-denied-${name}`)
    expect(await outcome).toBe('authorization_denied')
    expect(window.complaints).toStrictEqual([])
  })

  test('lets its user go back and forward', async () => {
    await using window = await Window.open(browser, options)
    const { url, outcome } = await program()
    await window.page.goto(url)
    await window.sees('Choose an account')
    await window.page.goto(url)
    await window.page.goBack()
    await window.page.goForward()
    await window.sees('Choose an account')
    await window.press(/Ada Example/)
    await window.sees(/asks for access$/)
    await window.press('Agree')
    await window.sees('You are logged in at acme')
    expect(await outcome).toMatchObject({ tokenType: 'Bearer' })
  })
})
