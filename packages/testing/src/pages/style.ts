/** The style of every page: one column that fits a phone, light or dark as the system setting. */
export const style = `
  :root {
    color-scheme: light dark;
    --page: light-dark(#f2f1ee, #16181c); --card: light-dark(#fff, #202329); --ink: light-dark(#1c1e21, #ececea);
    --quiet: light-dark(#5d6066, #a3a6ad); --line: light-dark(#dcdad4, #383c44); --accent: light-dark(#0b6b50, #57c79f);
    --on-accent: light-dark(#fff, #08231a); --notice: light-dark(#fbf0d4, #3a3116); --focus: light-dark(#1f6feb, #79b0ff);
  }
  * { box-sizing: border-box }
  body {
    margin: 0; min-height: 100vh; padding: 1rem; display: grid; place-items: center;
    background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
  }
  main {
    width: 100%; max-width: 26rem; padding: 1.75rem; overflow-wrap: anywhere;
    background: var(--card); border: 1px solid var(--line); border-radius: 1rem;
  }
  .notice {
    margin: 0 0 1.5rem; padding: .5rem .75rem; border-radius: .5rem; background: var(--notice); font-size: .875rem;
  }
  h1 { margin: 0 0 .5rem; font-size: 1.375rem; line-height: 1.25; text-wrap: balance }
  p { margin: 0 0 1rem }
  .quiet { color: var(--quiet); font-size: .875rem }
  ul { margin: 0 0 1.5rem; padding: 0; list-style: none; border-top: 1px solid var(--line) }
  li { border-bottom: 1px solid var(--line) }
  label { display: flex; gap: .75rem; padding: .75rem 0; cursor: pointer }
  input { flex: none; width: 1.125rem; height: 1.125rem; margin: .2rem 0 0; accent-color: var(--accent) }
  code { display: block; color: var(--quiet); font: .8125rem/1.4 ui-monospace, monospace }
  button {
    width: 100%; margin: 0 0 .625rem; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .625rem;
    background: none; color: inherit; font: inherit; text-align: left; cursor: pointer;
  }
  button span { display: block; color: var(--quiet); font-size: .875rem }
  button:hover { border-color: var(--accent) }
  button.main, button.cancel { text-align: center; font-weight: 600 }
  button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent) }
  button:last-child { margin-bottom: 0 }
  :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
`
