/** Bytes as base64url without padding (RFC 4648 §5). */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let start = 0; start < bytes.length; start += 0x8000)
    binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000)) // a call cannot take a million arguments
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Decodes base64 in either alphabet, with or without padding; undefined if it is invalid or not canonical. */
export function fromBase64(base64: string): Uint8Array<ArrayBuffer> | undefined {
  const standard = base64
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
