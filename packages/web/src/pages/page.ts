import { randomId } from '../cookies/base64url.ts'
import { respond, type ResponseParts } from '../responses.ts'

/** What a page shows. Every string is escaped. */
export interface Page {
  readonly title: string
  readonly text: string
  /** The HTML of the ways on. */
  readonly actions: string
}

/** What the response has beside the page. */
export interface PageParts extends Omit<ResponseParts, 'headers'> {
  /** The origins that a form of the page leads to, by redirects too, which Chromium checks. */
  readonly formAction?: string
  readonly headers?: Readonly<Record<string, string>>
}

const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f4f4f1, #17181b); --card: light-dark(#fff, #212328); --ink: light-dark(#1d1e20, #ededeb);
  --quiet: light-dark(#55585e, #a9acb3); --line: light-dark(#d9d8d3, #3a3d44); --main: light-dark(#22507a, #9cc4ea);
  --on-main: light-dark(#fff, #0c1f30);
}
* { box-sizing: border-box }
body {
  margin: 0; min-height: 100vh; padding: 1rem; display: grid; place-items: center; background: var(--page);
  color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere;
}
main { width: 100%; max-width: 30rem; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem }
h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.25; text-wrap: balance }
p { margin: 0 0 1.5rem; color: var(--quiet) }
form, .actions { display: flex; flex-wrap: wrap; gap: .75rem; margin: 0 }
a, button {
  flex: 1 1 auto; padding: .625rem 1.125rem; border: 1px solid var(--line); border-radius: .5rem; background: none;
  color: inherit; font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
}
.main { background: var(--main); border-color: var(--main); color: var(--on-main) }
a:hover, button:hover { border-color: currentColor }
:focus-visible { outline: 3px solid var(--main); outline-offset: 2px }
`

/** A page of ours: readable on a phone and in the dark, without a script, and nobody can frame it. */
export function showPage(
  { title, text, actions }: Page,
  { formAction = "'none'", headers, ...parts }: PageParts,
): Response {
  const nonce = randomId()
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; form-action ${formAction}; base-uri 'none'; frame-ancestors 'none'`
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
${actions}
</main>
</body>
</html>
`
  const page = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'x-frame-options': 'DENY',
  }
  return respond(html, { ...parts, headers: { ...page, ...headers } })
}

/** A link of a page. */
export function link(href: string, text: string, look: 'main' | 'quiet' = 'quiet'): string {
  return `<a class="${look}" href="${escape(href)}">${escape(text)}</a>`
}

/** Escapes a string for HTML, in attributes too. */
export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}
