/** A value for a message about it: a string as one would write it. Of anything else only its kind is shown, since it may be a PIN, an assertion or the bytes of a key. */
export function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : kindOf(value)
}

/** A URL for a message about it, as it was written, but without user information and query, which may hold a secret. */
export function quoteUrl(value: unknown): string {
  if (typeof value !== 'string') return kindOf(value)
  return JSON.stringify(value.replace(/[?#].*$/s, '').replace(/^([^/]*\/\/)?[^/]*@/, '$1'))
}

/** The kind of a value, with its article: `a number`, `an array`. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (Array.isArray(value)) return 'an array'
  return /^[aeiou]/.test(typeof value) ? `an ${typeof value}` : `a ${typeof value}`
}
