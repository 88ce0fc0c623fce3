import type { Token } from '@grantkit/core'
import { tokenAnswer } from '../answers.ts'
import { providerOf, tokenOf } from '../contenders/grantkit.ts'
import type { OpenStore, Setup } from '../contenders/program.ts'
import { oneByOne } from '../one-by-one.ts'
import { type Operation, refuse } from './operation.ts'

/** How many keys are used in turn, at most. */
const mostKeys = 256

interface Place {
  readonly setup: Setup
  readonly engine: OpenStore
  /** How many keys there are; those that are used are spread over them. */
  readonly keys?: number | undefined
}

type Source = ReturnType<ReturnType<typeof providerOf>['tokenSource']>

const check = async (token: unknown): Promise<void> => {
  if ((token as Token).accessToken !== tokenAnswer.access_token) refuse('the token is another')
}

/** `token()` of a source that is held, while its token is fresh. */
export async function tokenHeld({ setup, engine }: Place): Promise<Operation> {
  const source = providerOf(setup).tokenSource({ store: engine.store, key: 'held' })
  await source.save(tokenOf(tokenAnswer))
  const run = () => source.token()
  return { run, verify: async () => check(await run()) }
}

/** By hand: a look into a map, and at the time. */
export async function bareHeld(): Promise<Operation> {
  const held = new Map([['held', { token: tokenOf(tokenAnswer), until: Date.now() + 3_600_000 }]])
  const run = async () => {
    const entry = held.get('held')
    if (!entry || entry.until <= Date.now()) throw new Error('the token has expired')
    return entry.token
  }
  return { run, verify: async () => check(await run()) }
}

/** `token()` of a source that was made for one request of one user, so that the store is read. */
export async function tokenFirst(place: Place): Promise<Operation> {
  const sourceOf = await savedSources(place)
  const next = turns(place)
  const run = () => sourceOf(next()).token()
  return { run, verify: async () => check(await run()) }
}

/** By hand: the engine is read, and its text is parsed. */
export async function bareFirst(place: Place): Promise<Operation> {
  const { engine } = place
  const text = JSON.stringify(tokenOf(tokenAnswer))
  await oneByOne(usedKeys(place), (key) => engine.bareWrite(key, text))
  const next = turns(place)
  const run = async () => JSON.parse((await engine.bareRead(next())) ?? 'null') as unknown
  return { run, verify: async () => check(await run()) }
}

/** Storing the token of a login. */
export async function save(place: Place): Promise<Operation> {
  const sourceOf = await savedSources(place)
  const next = turns(place)
  const token = tokenOf(tokenAnswer)
  const run = () => sourceOf(next()).save(token)
  return {
    run,
    async verify() {
      await run()
      await check(await sourceOf(keyOf(0)).peek())
    },
  }
}

/** By hand: the text is written. */
export async function bareSave(place: Place): Promise<Operation> {
  const next = turns(place)
  const token = tokenOf(tokenAnswer)
  return { run: () => place.engine.bareWrite(next(), JSON.stringify(token)), verify: async () => {} }
}

/** A refresh that no other process can repeat or lose: the token has expired whenever it is asked for. */
export async function refreshStored({ setup, engine }: Place): Promise<Operation> {
  const provider = providerOf({ ...setup, tokenEndpoint: setup.tokenEndpoint.replace('/token', '/ended/token') })
  const source = provider.tokenSource({ store: engine.store, key: 'refreshed' })
  await source.save(tokenOf(tokenAnswer, Date.now() - 1000))
  const run = () => source.token()
  return { run, verify: async () => check(await run()) }
}

/** By hand: one refresh by our own grant, and one write. */
export async function bareRefresh({ setup, engine }: Place): Promise<Operation> {
  const { Refresh } = await import('@grantkit/core')
  const grant = providerOf(setup).grant(Refresh)
  const held = tokenOf(tokenAnswer)
  const run = async () => {
    const token = await grant.requestToken(held)
    await engine.bareWrite('refreshed', JSON.stringify(token))
    return token
  }
  return { run, verify: async () => check(await run()) }
}

async function savedSources(place: Place): Promise<(key: string) => Source> {
  const provider = providerOf(place.setup)
  const token = tokenOf(tokenAnswer)
  const sourceOf = (key: string) => provider.tokenSource({ store: place.engine.store, key })
  await oneByOne(usedKeys(place), (key) => sourceOf(key).save(token))
  return sourceOf
}

function usedKeys({ keys = mostKeys }: Place): readonly string[] {
  const used = Math.min(keys, mostKeys)
  return Array.from({ length: used }, (_, turn) => keyOf(Math.floor((turn * keys) / used)))
}

/** Each key that is used in turn, and again from the first. */
function turns(place: Place): () => string {
  const keys = usedKeys(place)
  let turn = 0
  return () => keys[turn++ % keys.length] as string
}

/** The key of a user. */
export function keyOf(index: number): string {
  return `user:${index}`
}
