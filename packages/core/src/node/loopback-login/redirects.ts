import { pickRedirectUri } from '../../definition/check/redirect-uri.ts'
import { isLoopback, isLoopbackLiteral, parseUrl } from '../../definition/check/url.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { generateState } from '../../grants/random.ts'
import type { GrantPort } from '../../protocol/port.ts'

/** A redirect URI that a listener on this machine can serve. */
export interface LoopbackRedirect {
  readonly uri: string
  /** `localhost`, or a literal without brackets. */
  readonly host: string
  /** 0 where the operating system chooses. */
  readonly port: number
}

/** Redirect URIs of the client that lead to this machine: those registered, in their order, or the one asked for. Throws `config_invalid` where there is none. */
export function loopbackRedirects({ client, provider }: GrantPort, wanted?: string): readonly LoopbackRedirect[] {
  const registered =
    wanted === undefined ? client.redirectUris : [pickRedirectUri(client.redirectUris, wanted, provider.redirectUri)]
  const found = registered.flatMap((uri) => {
    const url = parseUrl(uri)
    if (url?.protocol !== 'http:' || !isLoopback(url)) return []
    return [toRedirect(provider.redirectUri?.paths === 'below' ? belowItsPath(uri) : uri, url)]
  })
  if (found.length > 0) return found
  throw new GrantError(
    'config_invalid',
    provider.redirectUri?.loopback === 'refused'
      ? `${provider.name} refuses redirect URIs on this machine: log in through a web app instead of loopbackLogin`
      : 'loopbackLogin needs a redirect URI on this machine: register and use "http://127.0.0.1:8888/callback"',
  )
}

/** A path that only this login has: a request for any other cannot be meant for it (OAuth 2.1 §8.4.2). */
function belowItsPath(uri: string): string {
  return uri.replace(/\/?(?=\?|$)/, `/${generateState()}`)
}

function toRedirect(uri: string, url: URL): LoopbackRedirect {
  const [, written] = /^http:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/i.exec(uri) ?? [] // a parsed URL does not show port 80
  const mayVary = isLoopbackLiteral(url) // RFC 8252 §7.3; with a name, no other port may be picked
  return { uri, host: url.hostname.replaceAll(/[[\]]/g, ''), port: Number(written ?? (mayVary ? 0 : 80)) }
}

/** The redirect URI with the port that the operating system chose; everything else stays byte for byte. */
export function withPort({ uri, port }: LoopbackRedirect, chosen: number): string {
  if (port !== 0) return uri
  return uri.replace(/^(http:\/\/(?:\[[^\]]*\]|[^/?#:]*))(?::\d*)?/i, `$1:${chosen}`)
}
