import type { Browser } from 'playwright'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launch, Window } from '../support/browser.ts'
import { scene } from '../support/scene.ts'

let browser: Browser
beforeAll(async () => {
  browser = await launch()
})
afterAll(() => browser.close())

const phone = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true }
const desktop = { viewport: { width: 1280, height: 860 } }
const hero = /^A Spotify login/

describe.each([
  { name: 'phone-light', options: { ...phone, colorScheme: 'light' } as const },
  { name: 'phone-dark', options: { ...phone, colorScheme: 'dark' } as const },
  { name: 'desktop-light', options: { ...desktop, colorScheme: 'light' } as const },
  { name: 'desktop-dark', options: { ...desktop, colorScheme: 'dark' } as const },
])('a person with a browser ($name)', ({ name, options }) => {
  test('logs in, refreshes, logs out, refuses, and comes back with a used callback', async () => {
    await using demo = await scene()
    await using window = await Window.open(browser, options)
    const { page } = window

    await page.goto(demo.url)
    await window.sees(hero, `start-${name}`)
    await window.press('Log in with Spotify')
    await window.sees('Choose an account', `choose-${name}`)
    await window.press(/Ada Example/)
    await window.sees(/asks for access$/, `consent-${name}`)
    await window.press('Agree')
    await window.sees('Ada Example', `profile-${name}`)
    expect(page.url()).toBe(`${demo.url}account`)
    const { callback } = window

    await window.press('Refresh the access token')
    await page.getByRole('status').getByText('The access token is new.').waitFor()
    await window.sees('Ada Example', `refreshed-${name}`)
    await page.goto(callback)
    await window.sees('This login is already complete', `used-${name}`)
    await window.press('Go to your profile')
    await window.sees('Ada Example')

    await window.press('Log out')
    await page.getByRole('status').getByText('You are logged out').waitFor()
    await window.sees(hero, `logged-out-${name}`)
    await page.goBack()
    await window.sees('You are not logged in', `not-logged-in-${name}`)

    await window.press('Log in with Spotify')
    await window.sees(/asks for access$/)
    await window.press('Cancel')
    await window.sees('Access was not granted', `denied-${name}`)
    await window.press('Log in with Spotify')
    await page.getByLabel('Get your real email address.').uncheck()
    await window.press('Agree')
    await window.sees('Ada Example', `partly-${name}`)
    await page.getByText('not granted').waitFor()

    demo.pass(61 * 60_000)
    await demo.server.close()
    await page.reload()
    await window.sees('You are logged in', `unreachable-${name}`)

    expect(window.elsewhere).toStrictEqual([])
    expect(window.complaints).toStrictEqual([])
  })
})

test('a user with only a keyboard can log in and out', async () => {
  await using demo = await scene()
  await using window = await Window.open(browser, desktop)
  const { page } = window
  const tabTo = async (name: string | RegExp): Promise<void> => {
    const target = page.getByRole('button', { name })
    await target.waitFor()
    for (let stops = 0; stops < 20; stops++) {
      await page.keyboard.press('Tab')
      if (await target.evaluate((element) => element === document.activeElement)) return page.keyboard.press('Enter')
    }
    throw new Error(`the keyboard does not reach ${name}`)
  }
  await page.goto(demo.url)
  for (const name of ['Log in with Spotify', /Ada Example/, 'Agree', 'Refresh the access token', 'Log out'])
    await tabTo(name)
  await page.getByRole('status').getByText('You are logged out').waitFor()
  expect(window.complaints).toStrictEqual([])
})

test('a long and hostile name is harmless and stays inside its card', async () => {
  const name = `<script>alert(1)</script><img src=//evil.example/x onerror=alert(1)>${'x'.repeat(300)}`
  await using demo = await scene({ accounts: { ada: { name, email: `${'y'.repeat(200)}@mail.example` } } })
  await using window = await Window.open(browser, phone)
  await window.page.goto(demo.url)
  await window.press('Log in with Spotify')
  await window.press(/alert/)
  await window.press('Agree')
  await window.sees(/alert/, 'hostile-phone-light')
  expect(window.elsewhere).toStrictEqual([])
  expect(window.complaints).toStrictEqual([])
})

test('a user who types localhost is redirected to the address where the login works', async () => {
  await using demo = await scene()
  await using window = await Window.open(browser, desktop)
  await window.page.goto(demo.url.replace('127.0.0.1', 'localhost'))
  await window.sees(hero)
  expect(window.page.url()).toBe(demo.url)
  expect(window.elsewhere).toStrictEqual([])
})
