import { html, raw } from 'hono/html'
import { styleElement } from './style.ts'

/** Safe markup: hono escapes every value in a template. */
export type Markup = ReturnType<typeof html>

const mark = raw(
  '<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="9" fill="#0b6b50"/>' +
    '<circle cx="12" cy="13" r="5" fill="none" stroke="#fff" stroke-width="3"/>' +
    '<path d="M15.6 16.6 24 25m-3.4-3.4 2.8-2.8" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round"/></svg>',
)
const icon = `data:image/svg+xml,${encodeURIComponent(
  mark.toString().replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" '),
)}`

/** Options of a page. */
export interface PageOptions {
  /** A status message. */
  readonly notice?: string | undefined
  /** The content of the top right corner. */
  readonly corner?: Markup | undefined
}

/** A page with some content. */
export function page(title: string, content: Markup, { notice, corner }: PageOptions = {}): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} – Grantkit demo</title>
        <link rel="icon" href="${icon}" />
        ${styleElement}
      </head>
      <body>
        <header>
          <a class="home" href="/">${mark} Grantkit <span>demo</span></a>
          ${corner}
        </header>
        <main>
          ${notice === undefined ? undefined : html`<p class="notice" role="status">${notice}</p>`} ${content}
        </main>
      </body>
    </html>`
}
