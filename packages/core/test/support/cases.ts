const { env = {} } = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process ?? {}

/** How many cases a property is tried with. */
export const numRuns = Number(env['GRANTKIT_CASES'] ?? (env['CI'] ? 10_000 : 500))
