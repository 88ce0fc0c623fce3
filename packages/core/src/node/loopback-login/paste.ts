import { GrantError } from '../../errors/grant-error.ts'
import type { LoopbackOptions } from './options.ts'
import type { PendingLogin } from './pending-login.ts'

/** What the user pastes, one string after the other. Throws `config_invalid` for what is neither a promise nor an async iterable. */
export function pastedStrings(paste: LoopbackOptions['paste']): AsyncIterator<string> | undefined {
  if (paste === undefined) return undefined
  if (typeof paste === 'object' && Symbol.asyncIterator in paste) return paste[Symbol.asyncIterator]()
  if (typeof (paste as Partial<Promise<string>> | null)?.then !== 'function')
    throw new GrantError('config_invalid', 'paste is not a promise or an async iterable of strings')
  const promise = Promise.resolve(paste)
  promise.catch(() => undefined) // it may fail before anybody listens, and would then end the process
  return one(promise)
}

/** Offers what the user pastes to the login. Returns a function that stops reading. */
export function takePasted(pasted: AsyncIterator<string>, redirectUri: string, login: PendingLogin): () => void {
  offerAll(pasted, redirectUri, login).catch(() => undefined) // an input that fails leaves the listener
  return () => {
    pasted.return?.().catch(() => undefined) // one that waits for the keyboard would keep the process
  }
}

async function offerAll(pasted: AsyncIterator<unknown>, redirectUri: string, login: PendingLogin): Promise<void> {
  for (let next = await pasted.next(); next.done !== true; next = await pasted.next()) {
    const text = String(next.value).trim()
    if (leadsTo(redirectUri, text)) await login.offer(text)
  }
}

async function* one(paste: Promise<string>): AsyncGenerator<string> {
  yield await paste
}

/** A whole URL has to be that of the redirect URI (OAuth 2.1 §8.4.2); anything shorter is only its parameters. */
function leadsTo(redirectUri: string, text: string): boolean {
  if (!/^[a-z][a-z\d+.-]*:\/\//i.test(text)) return true
  if (!URL.canParse(text)) return false
  const [pasted, expected] = [new URL(text), new URL(redirectUri)]
  return pasted.origin === expected.origin && pasted.pathname === expected.pathname
}
