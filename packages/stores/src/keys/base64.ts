/** Bytes as base64url without padding (RFC 4648 §5). */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let start = 0; start < bytes.length; start += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000)) // a call takes no million arguments
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** The bytes of base64, of either alphabet, with padding or without; undefined if it is not base64, or not the one form of its bytes. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const standard = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={1,2}$/, '')
  try {
    const binary = atob(standard)
    if (btoa(binary).replaceAll('=', '') !== standard) return undefined
    return Uint8Array.from(binary, (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
