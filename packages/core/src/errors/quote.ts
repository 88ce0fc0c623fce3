/** A value as one would write it, for a message about it: whatever was passed, this returns. */
export function quote(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return typeof value // a big integer, an object that contains itself, one that cannot be a text
  }
}
