/**
 * Encodes a string so that every engine can store it: NUL and lone surrogates become `%` and four hexadecimal digits.
 * PostgreSQL refuses NUL, and node:sqlite of Node 22 and Deno truncates strings there. UTF-8 cannot encode lone surrogates,
 * so different strings would become the same.
 */
export function encodeString(string: string): string {
  return string.replaceAll(/[%\0\p{Surrogate}]/gu, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** Reverses {@link encodeString}. */
export function decodeString(string: string): string {
  return string.replaceAll(/%([\da-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
