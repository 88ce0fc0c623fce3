import { parseUrl } from '../definition/check/url.ts'
import { GrantError } from '../errors/grant-error.ts'
import { quote } from '../errors/quote.ts'

/** Checks resource indicators: absolute URIs without fragment (RFC 8707 §2). Throws `config_invalid`. */
export function checkResource(
  resource: string | readonly string[] | undefined,
): string | readonly string[] | undefined {
  if (resource === undefined) return undefined
  for (const item of [resource].flat()) {
    if (parseUrl(item) && !item.includes('#')) continue
    throw new GrantError(
      'config_invalid',
      `${quote(item)} is not a valid resource: write an absolute URI without fragment, such as "https://api.example"`,
    )
  }
  return resource
}
