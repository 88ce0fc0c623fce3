import { GrantError } from '@grantkit/core'
import { decodeString, encodeString } from '../shared/string-encoding.ts'
import { fromBase64, toBase64 } from '../keys/base64.ts'
import type { Keyring, NamedKey } from './keyring.ts'

/** What a value is bound to; it is refused anywhere else. */
export interface Place {
  /** The name of the store; empty if it has none. */
  readonly store: string
  readonly key: string
  readonly version: number
}

const format = 'grantkit-sealed-1'
const nonceLength = 12

/** The encrypted content: a value and its `until`, which a rotation has to keep. */
export interface Content {
  readonly value: string
  readonly until: number | undefined
}

/** Encrypts content for its place with AES-256-GCM and a random nonce: `grantkit-sealed-1.<key ID>.<nonce, ciphertext and tag>`. */
export async function seal({ value, until }: Content, place: Place, { id, key }: NamedKey): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(nonceLength))
  const plain = new TextEncoder().encode(`${until ?? ''}\n${encodeString(value)}`) // UTF-8 would replace lone surrogates
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters(iv, place, id), key, plain))
  const content = new Uint8Array(nonceLength + sealed.length)
  content.set(iv)
  content.set(sealed, nonceLength)
  return `${format}.${id}.${toBase64(content)}`
}

/** Decrypts content that was sealed for this place. Rejects with `store_failed` otherwise; the error never contains the value. */
export async function open(sealed: string, place: Place, keyring: Keyring): Promise<Content> {
  const [found, id = '', content = '', ...more] = sealed.split('.')
  const bytes = fromBase64(content)
  if (found !== format || !bytes || bytes.length <= nonceLength || more.length > 0)
    throw refused('is not encrypted or is damaged', 'report')
  const named = await keyring.find(id)
  if (!named)
    throw refused(
      'was encrypted with a key that is missing from keys: add it after the current key',
      'fix_configuration',
    )
  try {
    const iv = bytes.subarray(0, nonceLength)
    const plain = await crypto.subtle.decrypt(parameters(iv, place, id), named.key, bytes.subarray(nonceLength))
    return contentIn(new TextDecoder('utf-8', { ignoreBOM: true }).decode(plain))
  } catch {
    throw refused(
      'was changed, or belongs to another key, version or store: if the store was moved or renamed, pass its old name ({ name })',
      'report',
    )
  }
}

function contentIn(plain: string): Content {
  const end = plain.indexOf('\n')
  const until = plain.slice(0, end)
  return { value: decodeString(plain.slice(end + 1)), until: until === '' ? undefined : Number(until) }
}

/** The ID of the key that sealed a value. */
export function keyIdOf(sealed: string): string | undefined {
  return sealed.split('.')[1]
}

function parameters(iv: Uint8Array<ArrayBuffer>, { store, key, version }: Place, id: string): AesGcmParams {
  const bound = JSON.stringify([format, id, store, key, version])
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(bound) }
}

function refused(why: string, action: 'report' | 'fix_configuration'): GrantError {
  return new GrantError('store_failed', `the stored value ${why}; it was not changed`, { action })
}
