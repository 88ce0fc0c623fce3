const { env = {} } = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process ?? {}

/** How many cases a property is tried with. In CI they are the same ones each time, elsewhere others in every run. */
export const cases: { readonly numRuns: number; readonly seed?: number } = {
  numRuns: Number(env['GRANTKIT_CASES'] ?? (env['CI'] ? 10_000 : 500)),
  ...(env['CI'] && { seed: 6749 }),
}
