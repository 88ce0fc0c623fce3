import { inspect } from 'node:util'
import * as encrypted from '@grantkit/stores/encrypted'
import { generateKey, readKey } from '@grantkit/stores/keys'
import { expect, test } from 'vitest'

test('a generated key can be read from a variable in every supported form', () => {
  const key = generateKey()
  const bytes = new Uint8Array(Buffer.from(key, 'base64url'))
  expect(bytes.length).toBe(32)
  const forms = [key, ` ${key}\n`, `${Buffer.from(key, 'base64url').toString('base64')}\r\n`, bytes]
  for (const form of forms) expect(readKey(form, 'TOKEN_KEY')).toEqual(bytes)
  expect(readKey(bytes, 'TOKEN_KEY')).not.toBe(bytes)
})

test.each([
  [undefined, 'is not set'],
  ['', 'is not set'],
  [' \n', 'is not set'],
  [new Uint8Array(), 'is not set'],
  ['correct horse battery staple', 'is not 32 bytes, raw or as base64'],
  ['AbCdEfGhIjKlMnOpQrStUv', 'is not 32 bytes, raw or as base64'],
  ['A'.repeat(43), 'is not random'],
  [Buffer.from('correct horse battery staple 42!').toString('base64'), 'is not random'],
])('what is not a key says what the variable is called, and what to write: %j', (value, why) => {
  let error: unknown
  try {
    readKey(value, 'TOKEN_KEY')
  } catch (thrown) {
    error = thrown
  }
  const message = `TOKEN_KEY ${why}: a passphrase is not enough, use a key from generateKey() or "openssl rand -base64 32"`
  expect(error).toMatchObject({ name: 'GrantError', code: 'config_invalid', message })
  if (typeof value === 'string' && value.trim() !== '') expect(inspect(error)).not.toContain(value)
})

test('the entry for encryption generates the same keys', () => {
  expect(encrypted.generateKey).toBe(generateKey)
})
