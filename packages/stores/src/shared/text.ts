/**
 * A text as every engine can keep it. PostgreSQL takes no NUL, and node:sqlite of Node 22 and Deno cuts a text off there;
 * half a surrogate pair has no form in UTF-8, so that different texts would become the same. They become `%` and four digits.
 */
export function encodeText(text: string): string {
  return text.replaceAll(/[%\0\p{Surrogate}]/gu, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The text that {@link encodeText} was given. */
export function decodeText(text: string): string {
  return text.replaceAll(/%([\da-f]{4})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))
}
