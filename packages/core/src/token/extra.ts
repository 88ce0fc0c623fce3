/** The most characters of JSON that are kept of the extra fields of token responses. */
export const mostExtra: number = 64 * 1024

/**
 * The extra fields of token responses, up to 64 KiB of JSON: those of the first source, then those that the next ones
 * add, as far as they fit. So they never pile up from one refresh to the next.
 */
export function boundedExtra(...sources: readonly Readonly<Record<string, unknown>>[]): Record<string, unknown> {
  const kept = new Map<string, unknown>()
  let room = mostExtra
  for (const [name, value] of sources.flatMap((source) => Object.entries(source))) {
    if (kept.has(name)) continue
    const size = sizeOf(name, value)
    if (size > room) continue
    room -= size
    kept.set(name, value)
  }
  return Object.fromEntries(kept)
}

function sizeOf(name: string, value: unknown): number {
  return JSON.stringify([name, value]).length
}
