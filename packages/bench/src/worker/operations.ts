import type { OpenStore, Program, Setup } from '../contenders/program.ts'
import { apiCall } from './api-operation.ts'
import { idToken } from './id-token-operation.ts'
import { authorizationUrl, exchange, login } from './login-operations.ts'
import { type Operation, refuse } from './operation.ts'
import { clientCredentials, refresh } from './token-operations.ts'

/** What can be measured of a contender. */
export type OperationName = keyof typeof operations

/** What an operation works with. */
export interface Place {
  readonly setup: Setup
  /** The store, where the contender is one. */
  readonly engine?: OpenStore | undefined
  /** How many keys are in it, where that matters. */
  readonly keys?: number | undefined
}

type Open = (program: Required<Program>, place: Place) => Operation | Promise<Operation>

interface Entry {
  /** The functions that the contender needs for it. */
  readonly needs: readonly (keyof Program)[]
  readonly open: Open
  /** Whether each run is one request to the server, no more and no less. */
  readonly asksOnce?: boolean
}

const loginNeeds = ['authorizationUrl', 'exchange', 'read'] as const

const stores = (name: keyof typeof import('./store-operations.ts')): Entry => ({
  needs: ['openStore'],
  async open(_program, { setup, engine, keys }) {
    const all = await import('./store-operations.ts') // with core, which other contenders have no need of
    const open = all[name] as (place: Required<Place>) => Promise<Operation>
    return engine ? open({ setup, engine, keys }) : refuse('the store is not open')
  },
})

/** Every operation, by its name. */
export const operations = {
  'authorization-url': { needs: ['authorizationUrl'], open: (program, { setup }) => authorizationUrl(program, setup) },
  exchange: { needs: loginNeeds, open: (program, { setup }) => exchange(program, setup), asksOnce: true },
  'client-credentials': {
    needs: ['clientCredentials', 'read'],
    open: (program, { setup }) => clientCredentials(program, setup),
    asksOnce: true,
  },
  refresh: { needs: ['refresh', 'read'], open: (program, { setup }) => refresh(program, setup), asksOnce: true },
  'api-call': { needs: ['apiCall'], open: (program, { setup }) => apiCall(program, setup), asksOnce: true },
  login: { needs: loginNeeds, open: (program, { setup }) => login(program, setup), asksOnce: true },
  'id-token-RS256': { needs: ['idToken'], open: (program) => idToken(program, 'RS256') },
  'id-token-ES256': { needs: ['idToken'], open: (program) => idToken(program, 'ES256') },
  'id-token-EdDSA': { needs: ['idToken'], open: (program) => idToken(program, 'EdDSA') },
  'token-held': stores('tokenHeld'),
  'bare-held': stores('bareHeld'),
  'token-first': stores('tokenFirst'),
  'bare-first': stores('bareFirst'),
  save: stores('save'),
  'bare-save': stores('bareSave'),
  'refresh-stored': stores('refreshStored'),
  'bare-refresh': stores('bareRefresh'),
} as const satisfies Record<string, Entry>

/** Whether each run of an operation is one request. */
export function asksOnce(name: OperationName): boolean {
  return (operations[name] as Entry).asksOnce === true
}

/** Whether what an operation results in is a token. */
export function readsTokens(name: OperationName): boolean {
  return (operations[name] as Entry).needs.includes('read')
}

/** Opens an operation of a contender, which has to be able to do it. */
export async function openOperation(name: OperationName, program: Program, place: Place): Promise<Operation> {
  const { needs, open }: Entry = operations[name]
  const lacking = needs.filter((need) => program[need] === undefined)
  if (lacking.length > 0) refuse(`it cannot do this (no ${lacking.join(', ')})`)
  return open(program as Required<Program>, place)
}
