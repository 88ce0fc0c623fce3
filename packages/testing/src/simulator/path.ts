/** Puts a value at a path of names with dots between them; a name of digits is a place in an array. */
export function place(target: Record<string, unknown>, path: string, value: unknown): void {
  const [name = '', ...rest] = path.split('.')
  if (rest.length === 0) {
    target[name] = value
    return
  }
  const next = (target[name] ??= /^\d+$/.test(rest[0] ?? '') ? [] : {}) as Record<string, unknown>
  place(next, rest.join('.'), value)
}
