// oxlint-disable-next-line typescript/triple-slash-reference -- goes along with our sources into other programs
/// <reference path="./oidc-provider.d.ts" />
type Engine = typeof import('oidc-provider')

let engine: Promise<Engine> | undefined

/** oidc-provider, imported when the first server starts. */
export function loadEngine(): Promise<Engine> {
  engine ??= importQuietly()
  return engine
}

/**
 * On import it warns of every runtime but an LTS of Node, and takes Node 26, Bun and Deno for none. Our own tests run
 * there, and a test run should print nothing that is not about the test.
 */
async function importQuietly(): Promise<Engine> {
  const { warn } = console
  const quiet = (...parts: unknown[]): void => {
    if (!String(parts[0]).includes('oidc-provider WARNING: Unsupported runtime')) warn(...parts)
  }
  console.warn = quiet
  try {
    return await import('oidc-provider')
  } finally {
    if (console.warn === quiet) console.warn = warn // unless a test has put a spy there meanwhile
  }
}
