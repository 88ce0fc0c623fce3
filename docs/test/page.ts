import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContext, Page, Route } from 'playwright'
import { rolldown } from 'rolldown'
import { expect } from 'vitest'
import { launch } from './chromium.ts'
import { fencesOf } from './fences.ts'
import { type StandIn, standInForSpotify } from './stand-ins.ts'

const home = 'https://app.example/'

/**
 * Runs a sample that is a page without a server in Chromium, with the HTML that stands beside it in the documentation,
 * and uses it as a person with two tabs does.
 */
export async function visitPage(path: string, file: string): Promise<void> {
  const provider = await standInForSpotify(home)
  const browser = await launch()
  try {
    const context = await browser.newContext()
    const waiting: Route[] = []
    const app: Readonly<Record<string, [type: string, body: string]>> = {
      '/': ['text/html', htmlOf(file)],
      '/main.ts': ['text/javascript', await bundle(path)],
    }
    await respondToAll(context, async (route, url) => {
      const own = url.href.startsWith(home) ? app[url.pathname] : undefined
      if (own) await route.fulfill({ contentType: own[0], body: own[1] })
      else if (url.pathname === '/authorize') waiting.push(route)
      else await passOn(route)
    })
    await useTwoTabs(context, { provider, waiting })
  } finally {
    await browser.close()
    await provider.close()
  }
}

/** Both tabs are at the provider at the same time; then each comes back. */
async function useTwoTabs(
  context: BrowserContext,
  { provider, waiting }: { provider: StandIn; waiting: readonly Route[] },
): Promise<void> {
  const [first, second] = [await context.newPage(), await context.newPage()]
  for (const tab of [first, second]) {
    await tab.goto(home)
    await tab.getByRole('button', { name: 'Log in' }).click({ noWaitAfter: true })
  }
  await expect.poll(() => waiting.length).toBe(2)
  for (const route of waiting) {
    const callback = await provider.logIn(route.request().url())
    await route.fulfill({
      contentType: 'text/html',
      body: `<script>location.replace(${JSON.stringify(callback)})</script>`,
    })
  }
  for (const tab of [first, second]) {
    await says(tab, 'Hello Ada Example')
    expect(tab.url(), 'the address, without the code').toBe(home)
  }
  await provider.expire() // of the tab that was last
  await press(first, 'My profile', 'Hello Ada Example')
  await press(second, 'My profile', 'Hello Ada Example')
  await press(second, 'Log out', 'You are logged out')
  await press(second, 'My profile', 'log in')
}

async function press(tab: Page, name: string, said: string): Promise<void> {
  await tab.getByRole('status').evaluate((output) => (output.textContent = ''))
  await tab.getByRole('button', { name }).click()
  await says(tab, said)
}

function says(tab: Page, text: string): Promise<void> {
  return tab.getByRole('status').filter({ hasText: text }).waitFor()
}

/** Nothing that the browser asks for leaves this process. */
function respondToAll(context: BrowserContext, respond: (route: Route, url: URL) => Promise<void>): Promise<unknown> {
  return context.route('**/*', (route) => respond(route, new URL(route.request().url())))
}

/** Asks the server that stands in, and lets the page read its response, as a provider does that allows pages. */
async function passOn(route: Route): Promise<void> {
  const request = route.request()
  const response = await fetch(request.url(), {
    method: request.method(),
    headers: request.headers(),
    body: request.postData(),
  })
  const headers = { 'content-type': response.headers.get('content-type') ?? '', 'access-control-allow-origin': '*' }
  await route.fulfill({ status: response.status, headers, body: await response.text() })
}

function htmlOf(file: string): string {
  const fences = fencesOf(file, readFileSync(join(import.meta.dirname, '../..', file), 'utf8'))
  return fences.find(({ language }) => language === 'html')?.code.join('\n') ?? ''
}

/** The sample as one script, as a bundler makes it. */
async function bundle(path: string): Promise<string> {
  const build = await rolldown({
    input: path,
    platform: 'browser',
    resolve: { conditionNames: ['@grantkit/source', 'browser', 'import'] },
  })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false })
  return output[0].code
}
