/** A key of WebCrypto: the `CryptoKey` of the platform, whichever of its type declarations are loaded, those of browsers or those of Node. */
export type PlatformKey = typeof globalThis extends {
  /** The class of keys. */
  readonly CryptoKey: {
    /** Of a key's own type. */
    readonly prototype: infer Key
  }
}
  ? Key
  : never
