import { keepKey } from './oracle.ts'

type Made = CryptoKey | CryptoKeyPair
type Generate = (this: SubtleCrypto, ...input: unknown[]) => Promise<Made>

/** Lets no private key that a test makes show, neither as a JSON Web Key nor as lines of PEM. */
export function keepMadeKeys(): void {
  const { prototype } = SubtleCrypto
  const generate = Reflect.get(prototype, 'generateKey') as Generate
  Reflect.set(prototype, 'generateKey', async function (...input) {
    const made = await Reflect.apply(generate, this, input)
    const key = 'privateKey' in made ? made.privateKey : made
    if (key.extractable) await keep(key)
    return made
  } satisfies Generate)
}

async function keep(key: CryptoKey): Promise<void> {
  const { d, p, q, k } = await crypto.subtle.exportKey('jwk', key)
  keepKey(d, p, q, k)
  if (key.type !== 'private') return
  const pkcs8 = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey('pkcs8', key))))
  keepKey(...(pkcs8.match(/.{64}/g) ?? []))
}
