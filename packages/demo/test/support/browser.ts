import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright'
import { expect } from 'vitest'

const screenshots = fileURLToPath(new URL('../../screenshots/', import.meta.url))

/** Starts the Chromium of this machine, told to keep to itself. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['CHROME_BIN'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}

/** A person's browser window, which watches for what should not happen. */
export class Window {
  readonly page: Page
  /** The addresses of everything that was requested. */
  readonly requested: URL[] = []
  readonly #context: BrowserContext
  readonly #complaints: { readonly text: string; readonly url: string }[] = []
  /** The failure pages that were opened: Chromium complains of their status, too. */
  readonly #failures = new Set<string>()

  constructor(context: BrowserContext, page: Page) {
    this.#context = context
    this.page = page
    context.on('request', (request) => this.requested.push(new URL(request.url())))
    context.on('response', (response) => {
      if (response.status() >= 400 && response.request().isNavigationRequest()) this.#failures.add(response.url())
    })
    page.on('pageerror', ({ message: text }) => this.#complaints.push({ text, url: page.url() }))
    page.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return
      this.#complaints.push({ text: message.text(), url: message.location().url })
    })
  }

  /** What a developer would see in red. */
  get complaints(): readonly string[] {
    return this.#complaints
      .filter(({ text, url }) => !(text.includes('responded with a status of') && this.#failures.has(url)))
      .map(({ text, url }) => `${text} at ${url}`)
  }

  static async open(browser: Browser, options: BrowserContextOptions): Promise<Window> {
    const context = await browser.newContext(options)
    return new Window(context, await context.newPage())
  }

  /** Presses the button, or follows the link, with this name. */
  async press(name: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name }).or(this.page.getByRole('link', { name })).click()
  }

  /** Waits for a page with this heading, and looks at it: nothing sticks out, and there is a picture of it. */
  async sees(heading: string | RegExp, picture?: string): Promise<void> {
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor()
    expect(await this.page.evaluate(outside)).toStrictEqual([])
    if (picture !== undefined) await this.page.screenshot({ path: `${screenshots}${picture}.png`, fullPage: true })
  }

  /** What was requested from anywhere but this machine. */
  get elsewhere(): readonly string[] {
    return this.requested
      .filter(({ protocol, hostname }) => protocol !== 'data:' && !['127.0.0.1', 'localhost'].includes(hostname))
      .map(({ href }) => href)
  }

  /** The address of the last callback. */
  get callback(): string {
    return this.requested.findLast(({ pathname }) => pathname === '/callback')?.href ?? ''
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close()
  }
}

/** Runs in the page: the elements that reach the edge of the window, or make it scroll sideways. */
function outside(): string[] {
  const elements = [...document.querySelectorAll('main, main *')]
  const wide = elements.filter(
    (element) => element.getBoundingClientRect().right > innerWidth - (element.matches('main') ? 0 : 8),
  )
  const scrolls = document.documentElement.scrollWidth > innerWidth
  return [...wide.map(({ outerHTML }) => outerHTML.slice(0, 200)), ...(scrolls ? ['the page scrolls sideways'] : [])]
}
