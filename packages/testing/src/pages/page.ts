import { randomBytes } from 'node:crypto'
import { html } from './html.ts'
import { style } from './style.ts'
import type { HttpResponse } from '../http/response.ts'
import type { Html } from './html.ts'

/** Options of a page. */
export interface PageOptions {
  readonly status?: number
  /** Where its form leads, if it has one. */
  readonly redirectUri?: string | undefined
}

/** A page with some content. */
export function page(title: string, content: Html, { status = 200, redirectUri = '' }: PageOptions = {}): HttpResponse {
  const nonce = randomBytes(16).toString('base64')
  const { markup } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>${title} – Test authorization server</title>
        <style nonce="${nonce}">
          ${{ markup: style }}
        </style>
      </head>
      <body>
        <main>
          <p class="notice">
            <strong>Test authorization server.</strong> These accounts are fictional and need no password.
          </p>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`
  return { status, headers: pageHeaders(nonce, redirectUri), body: markup }
}

function pageHeaders(nonce: string, redirectUri: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    'img-src data:',
    `style-src 'nonce-${nonce}'`,
    `form-action ${formTargets(redirectUri)}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  }
}

/**
 * Chromium checks every redirect after a form against `form-action`: this server, the callback, and wherever the app
 * redirects from there. So any web address is allowed, and the private scheme of an installed app.
 */
function formTargets(redirectUri: string): string {
  const [scheme = 'https:'] = /^[a-z][a-z0-9+.-]*:/i.exec(redirectUri) ?? []
  return [...new Set(['http:', 'https:', scheme.toLowerCase()])].join(' ')
}
