/** Base64url without padding (RFC 4648 §5, RFC 7636 App. A). */
export function base64url(bytes: Uint8Array): string {
  return btoa(Reflect.apply(String.fromCharCode, undefined, bytes) as string)
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

/** The hash of an ASCII string. */
export async function digest(algorithm: 'SHA-256' | 'SHA-384' | 'SHA-512', text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest(algorithm, new TextEncoder().encode(text)))
}
