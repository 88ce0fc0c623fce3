import { createHash } from 'node:crypto'
import { raw } from 'hono/html'

/** The style of every page: one column on a phone, two on a desktop, light or dark as the system setting. */
const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f2f1ee, #16181c); --card: light-dark(#fff, #202329); --ink: light-dark(#1c1e21, #ececea);
  --quiet: light-dark(#5d6066, #a3a6ad); --line: light-dark(#dcdad4, #383c44); --accent: light-dark(#0b6b50, #57c79f);
  --on-accent: light-dark(#fff, #08231a); --soft: light-dark(#e3f0ea, #1d322a); --warn: light-dark(#9a3412, #f2a27a);
  --warn-soft: light-dark(#fbe9df, #3a241b); --code: light-dark(#f7f6f3, #191b20); --focus: light-dark(#1f6feb, #79b0ff);
}
* { box-sizing: border-box }
body {
  margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere;
}
body > header, main { width: 100%; max-width: 64rem; margin: 0 auto; padding: 0 1rem }
body > header { display: flex; align-items: center; justify-content: space-between; min-height: 4.5rem; gap: 1rem }
main { padding-bottom: 3rem }
.home {
  display: flex; align-items: center; gap: .625rem; color: inherit; font-weight: 700; text-decoration: none;
  overflow-wrap: normal;
}
.home svg { width: 2rem; height: 2rem }
.home span { color: var(--quiet); font-weight: 400 }
h1 { margin: 0 0 .5rem; font-size: 1.625rem; line-height: 1.2; text-wrap: balance }
h2 { margin: 0 0 .875rem; font-size: 1.0625rem; line-height: 1.3 }
p { margin: 0 0 1rem }
.small { color: var(--quiet); font-size: .875rem }
.faint { color: var(--quiet) }
.card { padding: 1.25rem; background: var(--card); border: 1px solid var(--line); border-radius: 1rem }
.card > :last-child, .card > form > :last-child { margin-bottom: 0 }
.notice {
  margin: 0 0 1rem; padding: .75rem 1rem; background: var(--soft); border-left: 4px solid var(--accent);
  border-radius: .5rem;
}
code, pre { font: .75rem/1.6 ui-monospace, 'SFMono-Regular', Menlo, Consolas, monospace }
pre {
  margin: 0; padding: .75rem; background: var(--code); border: 1px solid var(--line); border-radius: .625rem;
  white-space: pre-wrap;
}
button, .button {
  display: inline-block; padding: .6875rem 1.25rem; border: 1px solid var(--accent); border-radius: .625rem; font: inherit;
  font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
}
.main { background: var(--accent); color: var(--on-accent) }
.quiet { background: none; border-color: var(--line); color: inherit }
button:hover, .button:hover { border-color: currentColor }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 1rem }
dt { color: var(--quiet) }
dd { margin: 0 }

.start { display: grid; gap: 2rem; padding-top: 1rem }
.start h1 { margin-bottom: 1rem; font-size: 2rem; letter-spacing: -.02em }
.lead { margin-bottom: 1.5rem; font-size: 1.125rem; color: var(--quiet) }
.hero .main { width: 100%; padding: .875rem 1.25rem; font-size: 1.0625rem }
.hero .small { margin: 1rem 0 0 }
.steps { display: grid; gap: .875rem; margin: 0 0 1.25rem; padding: 0; list-style: none; counter-reset: step }
.steps li { position: relative; padding-left: 2.5rem; counter-increment: step }
.steps li::before {
  content: counter(step); position: absolute; left: 0; top: 0; width: 1.625rem; height: 1.625rem; border-radius: 50%;
  background: var(--soft); color: var(--accent); font-size: .875rem; font-weight: 700; line-height: 1.625rem;
  text-align: center;
}

.columns, .columns > div { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; align-content: start }
.profile { display: grid; grid-template-columns: max-content 1fr; align-items: center; gap: .75rem 1rem }
.profile h1, .profile dl { margin: 0 }
.profile dl { grid-column: 1 / -1; gap: .25rem 1rem }
.avatar, .disc {
  flex: none; display: grid; place-items: center; margin: 0; background: var(--soft); color: var(--accent);
  font-weight: 700;
}
.avatar { width: 3.5rem; height: 3.5rem; border-radius: 50%; font-size: 1.25rem }
.track { display: flex; align-items: center; gap: 1rem; margin-bottom: 1rem }
.track p { margin: 0 }
.track .disc { width: 4rem; height: 4rem; border-radius: .75rem; font-size: 1.75rem }
.title { font-weight: 700 }
.left { margin: 0 0 .25rem; font-size: 1.5rem; font-weight: 700; font-variant-numeric: tabular-nums }
progress { display: block; width: 100%; height: .625rem; margin: 0 0 1rem; accent-color: var(--accent) }
.scopes { display: grid; gap: .875rem; margin: 0; padding: 0; list-style: none }
.scopes li { position: relative; padding-left: 2rem }
.scopes span { display: block }
.scopes code { color: var(--quiet) }
.scopes em { margin-left: .5rem; color: var(--warn); font-size: .875rem }
.scopes li::before { content: '✓'; position: absolute; left: .25rem; color: var(--accent); font-weight: 700 }
.scopes .no::before { content: '✕'; color: var(--warn) }
.scopes .no span { color: var(--quiet); text-decoration: line-through }
h1 + .problem { margin-top: 1rem }
.problem { padding: .75rem 1rem; background: var(--warn-soft); border-left: 4px solid var(--warn); border-radius: .5rem }

.failure { max-width: 36rem; margin: 1rem auto 0; padding: 1.75rem 1.25rem }
.badge {
  display: grid; place-items: center; width: 3rem; height: 3rem; border-radius: 50%; background: var(--warn-soft);
  color: var(--warn); font-size: 1.5rem; font-weight: 700;
}
.actions { display: grid; gap: .75rem }
.actions button, .actions .button { width: 100% }
.details { margin-top: 1.75rem; padding-top: 1.25rem; border-top: 1px solid var(--line) }
.details h2 { color: var(--quiet); font-size: .875rem }
.details dl { margin: 0; font-size: .875rem }

@media (min-width: 48rem) {
  body > header, main { padding-inline: 2rem }
  .card { padding: 1.75rem }
  .start { grid-template-columns: 1fr 1fr; gap: 3.5rem; align-items: center; padding-top: 3rem }
  .start h1 { font-size: 2.5rem }
  .hero .main { width: auto }
  code, pre { font-size: .8125rem }
  pre { padding: 1rem }
  .columns { grid-template-columns: repeat(2, minmax(0, 1fr)) }
  .profile { gap: .25rem 1.5rem }
  .profile h1 { align-self: end }
  .profile dl { grid-column: 2; align-self: start }
  .avatar { grid-row: 1 / 3; width: 5rem; height: 5rem; font-size: 1.75rem }
  .failure { margin-top: 3rem; padding: 2.5rem }
  .actions { display: flex; flex-wrap: wrap }
  .actions button, .actions .button { width: auto }
}
`

/** The style as an element of a page. */
export const styleElement = raw(`<style>${style}</style>`)

/** The hash of the style for the content security policy. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`
