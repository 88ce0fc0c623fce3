/** Sets the value at a dotted path; a name of digits is an array index. */
export function place(target: Record<string, unknown>, path: string, value: unknown): void {
  const [name = '', ...rest] = path.split('.')
  if (rest.length === 0) {
    target[name] = value
    return
  }
  const next = (target[name] ??= /^\d+$/.test(rest[0] ?? '') ? [] : {}) as Record<string, unknown>
  place(next, rest.join('.'), value)
}
