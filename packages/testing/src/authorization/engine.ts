// oxlint-disable typescript/triple-slash-reference -- needed wherever our sources are imported
/// <reference path="./oidc-provider.d.ts" />
/// <reference path="./oidc-provider-configuration.d.ts" />
// oxlint-enable typescript/triple-slash-reference
type Engine = typeof import('oidc-provider')

let engine: Promise<Engine> | undefined

/** Imports oidc-provider when the first server starts. */
export function loadEngine(): Promise<Engine> {
  engine ??= importQuietly()
  return engine
}

/**
 * On import it warns about every runtime except an LTS release of Node, including Node 26, Bun and Deno. Our tests run
 * there, and a test run should print nothing unrelated to the test.
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
    if (console.warn === quiet) console.warn = warn // unless a test has replaced it meanwhile
  }
}
