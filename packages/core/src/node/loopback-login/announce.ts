import { isSecure } from '../../definition/check/url.ts'
import { GrantError } from '../../errors/grant-error.ts'
import { printable } from '../../errors/scrub.ts'
import type { LoopbackOptions } from './options.ts'

/**
 * Opens the authorization URL, or prints it to stderr where it cannot be opened. An opener gets a `URL` and nothing that
 * could be a command; a slow one is not waited for. Throws `insecure_url`.
 */
export function announce(url: URL, provider: string, open: LoopbackOptions['open']): void {
  if (!isSecure(url))
    throw new GrantError(
      'insecure_url',
      `the authorization endpoint of ${provider} is not opened over "${url.protocol}": use https`,
      { provider },
    )
  if (open === undefined) return print(url, provider)
  opened(url, open).catch(() => print(url, provider))
}

async function opened(url: URL, open: (url: URL) => unknown): Promise<void> {
  await open(url)
}

function print({ href }: URL, provider: string): void {
  process.stderr.write(`Open this URL in your browser to log in at ${printable(provider)}:\n\n  ${href}\n\n`)
}
