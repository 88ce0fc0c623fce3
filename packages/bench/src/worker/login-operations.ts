import { codeFor } from '../answers.ts'
import type { Begun, Program, Setup } from '../contenders/program.ts'
import { checkTokens, flawedSetups } from './token-checks.ts'
import { mustReject, type Operation, refuse } from './operation.ts'

type Login = Required<Pick<Program, 'authorizationUrl' | 'exchange' | 'read'>> & Pick<Program, 'unchecked'>
type Finish = (callback: string, pending: unknown) => Promise<unknown>

/** The authorization URL with PKCE. */
export function authorizationUrl(program: Login, setup: Setup): Operation {
  const begin = program.authorizationUrl(setup)
  return {
    run: begin,
    async verify() {
      const [first, second] = [await begin(), await begin()]
      checkUrl(first, setup)
      const same = (['state', 'code_challenge'] as const).find(
        (name) => parameter(first, name) === parameter(second, name),
      )
      if (same) refuse(`two logins have the same ${same}`)
    },
  }
}

/** The exchange of a code, each of another login. */
export function exchange(program: Login, setup: Setup): Operation {
  const begin = program.authorizationUrl(setup)
  const finish = program.exchange(setup) as Finish
  return {
    prepare: (count) => manyLogins(begin, setup, count),
    run: (input) => {
      const { callback, pending } = input as Returning
      return finish(callback, pending)
    },
    verify: () => verifyLogin(program, setup),
  }
}

/** Both, one after the other. */
export function login(program: Login, setup: Setup): Operation {
  const begin = program.authorizationUrl(setup)
  const finish = program.exchange(setup) as Finish
  return {
    async run() {
      const begun = await begin()
      return finish(callbackOf(begun, setup), begun.pending)
    },
    verify: () => verifyLogin(program, setup),
  }
}

interface Returning {
  readonly callback: string
  readonly pending: unknown
}

async function manyLogins(begin: () => Begun | Promise<Begun>, setup: Setup, count: number): Promise<Returning[]> {
  const logins = await Promise.all(Array.from({ length: count }, async () => begin()))
  return logins.map((begun) => ({ callback: callbackOf(begun, setup), pending: begun.pending }))
}

async function verifyLogin(program: Login, setup: Setup): Promise<void> {
  const begin = program.authorizationUrl(setup)
  const finish = program.exchange(setup) as Finish
  const begun = await begin()
  const callback = callbackOf(begun, setup)
  checkTokens(program.read((await finish(callback, begun.pending)) as never))
  const other = await begin()
  await mustReject('the callback of another login', () => finish(callback, other.pending))
  const denied = `${setup.redirectUri}?error=access_denied&state=${parameter(other, 'state')}`
  await mustReject('a callback with an error', () => finish(denied, other.pending))
  for (const [flaw, flawed] of flawedSetups(setup, program)) {
    const next = await program.authorizationUrl(flawed)()
    const finishFlawed = program.exchange(flawed) as Finish
    await mustReject(flaw, () => finishFlawed(callbackOf(next, setup), next.pending))
  }
}

/** The callback of a user who agreed at once. */
export function callbackOf(begun: Begun, { redirectUri }: Setup): string {
  return `${redirectUri}?code=${codeFor(parameter(begun, 'code_challenge'))}&state=${parameter(begun, 'state')}`
}

const patterns = { state: /[?&]state=([^&]+)/, code_challenge: /[?&]code_challenge=([^&]+)/ }

function parameter({ url }: Begun, name: keyof typeof patterns): string {
  return patterns[name].exec(String(url))?.[1] ?? refuse(`the authorization URL has no ${name}`)
}

function checkUrl({ url }: Begun, setup: Setup): void {
  const { searchParams, origin, pathname } = new URL(url)
  const expected = { response_type: 'code', redirect_uri: setup.redirectUri, code_challenge_method: 'S256' }
  for (const [name, value] of Object.entries({ ...expected, client_id: setup.clientId }))
    if (searchParams.get(name) !== value) refuse(`the authorization URL has no ${name}=${value}`)
  const asked = searchParams.get('scope')?.split(' ') ?? []
  if (!setup.scope.every((scope) => asked.includes(scope))) refuse('the authorization URL lacks a scope')
  if (!/^[\w-]{43}$/.test(searchParams.get('code_challenge') ?? '')) refuse('the challenge is not a SHA-256 hash')
  if ((searchParams.get('state') ?? '').length < 22) refuse('the state has less than 128 bits')
  if (`${origin}${pathname}` === setup.authorizationEndpoint || origin === 'https://login.bench.example') return
  refuse('the authorization URL leads elsewhere')
}
