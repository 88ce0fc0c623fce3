/** A part of a definition that each of its users fills in, such as a tenant. It is written as `{name}` in strings of the definition. */
export interface DefinitionVariable {
  /** A description for users of the definition. */
  readonly description?: string
  /** An example value. */
  readonly example?: string
  /** The expression that the whole value matches, from `^` to `$`. Shopify: `'^[a-z0-9][a-z0-9-]*$'`. */
  readonly pattern: string
  /** The end of every host that contains the value, so that no value leads elsewhere; needed only if a host does. Shopify: `'.myshopify.com'`. */
  readonly hostSuffix?: string
}
