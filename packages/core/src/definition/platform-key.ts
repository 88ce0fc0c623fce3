/** A key of WebCrypto: the `CryptoKey` of the platform, whichever of its type declarations are loaded, those of browsers or those of Node. */
export type PlatformKey = typeof globalThis extends { readonly CryptoKey: { readonly prototype: infer Key } }
  ? Key
  : never
