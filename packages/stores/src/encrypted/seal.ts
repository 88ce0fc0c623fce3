import { GrantError } from '@grantkit/core'
import { decodeText, encodeText } from '../shared/text.ts'
import { fromBase64, toBase64 } from './base64.ts'
import type { Keyring, NamedKey } from './keyring.ts'

/** What a text belongs to: in another place, or as another version, it is not accepted. */
export interface Place {
  readonly key: string
  readonly version: number
}

const format = 'grantkit-sealed-1'
const nonceLength = 12

/** Encrypts a text for its place, with AES-256-GCM and a random nonce: `grantkit-sealed-1.<key id>.<nonce, ciphertext and tag>`. */
export async function seal(text: string, place: Place, { id, key }: NamedKey): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(nonceLength))
  const plain = new TextEncoder().encode(encodeText(text)) // UTF-8 would replace half a surrogate pair
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters(iv, place, id), key, plain))
  const content = new Uint8Array(nonceLength + sealed.length)
  content.set(iv)
  content.set(sealed, nonceLength)
  return `${format}.${id}.${toBase64(content)}`
}

/** The text that was sealed for this place. Rejects with `store_failed` when there is none, and never with what was found. */
export async function open(sealed: string, place: Place, keyring: Keyring): Promise<string> {
  const [found, id = '', content = '', ...more] = sealed.split('.')
  const bytes = fromBase64(content)
  if (found !== format || !bytes || bytes.length <= nonceLength || more.length > 0)
    throw refused('is not encrypted, or damaged', 'report')
  const named = await keyring.find(id)
  if (!named)
    throw refused('was encrypted with a key that is not among keys: add it behind the current one', 'fix_configuration')
  try {
    const iv = bytes.subarray(0, nonceLength)
    const plain = await crypto.subtle.decrypt(parameters(iv, place, id), named.key, bytes.subarray(nonceLength))
    return decodeText(new TextDecoder('utf-8', { ignoreBOM: true }).decode(plain))
  } catch {
    throw refused('was changed, or belongs to another key or version', 'report')
  }
}

/** The name of the key that a text was sealed with. */
export function keyIdOf(sealed: string): string | undefined {
  return sealed.split('.')[1]
}

function parameters(iv: Uint8Array<ArrayBuffer>, { key, version }: Place, id: string): AesGcmParams {
  const bound = JSON.stringify([format, id, key, version])
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(bound) }
}

function refused(why: string, action: 'report' | 'fix_configuration'): GrantError {
  return new GrantError('store_failed', `what is stored ${why}; it was left as it is`, { action })
}
