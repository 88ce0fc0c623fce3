import type { TokenRecord } from '../../../src/refresh/token-record.ts'
import { newFamily, type Family, type ServerKind } from './family.ts'
import type { Life, Moment } from './life.ts'
import { type Numbered, Numbering } from './numbering.ts'
import type { ServerResponse, Operation } from './operation.ts'
import { loginText } from './participant.ts'

/** Everything that the future hangs on; whatever happens makes another one. */
export interface World {
  readonly time: number
  readonly family: Numbered<Family>
  readonly version: number
  readonly stored: Numbered<Stored>
  readonly lease: Lease | undefined
  /** What the store was asked, and nobody waits for any more. */
  readonly late: { readonly index: number; readonly operation: Operation } | undefined
  readonly processes: readonly Process[]
  /** How often each fault may still happen. */
  readonly faults: Numbered<Faults>
  readonly facts: Numbered<Facts>
}

/** A string of the store, and what it says. */
export interface Stored {
  readonly text: string | undefined
  readonly record: TokenRecord | undefined
}

export interface Lease {
  /** The place of its owner among the processes. */
  readonly owner: number
  readonly from: number
  readonly until: number
}

/** A process as others see it. */
export interface Process {
  readonly status: 'new' | 'running' | 'paused' | 'dead' | 'done'
  readonly moment: Moment
  readonly steps: readonly Step[]
  /** The version that it has seen when it began to watch. */
  readonly watched: number
  /** The refresh token that it has received and not stored. */
  readonly holding: string | undefined
  /** Until when others leave its request alone. */
  readonly deadline: number
  /** What tells it from other processes, once that is known. */
  key: number | undefined
}

/** An operation under way. */
export interface Step {
  readonly id: number
  readonly name: number
  readonly operation: Operation
  /** When a sleep is over, or a request is given up. */
  readonly until: number
  /** How far a request has come. */
  readonly phase: 'sent' | 'responded' | 'lost' | undefined
  readonly response: ServerResponse | undefined
}

/** How often each fault may happen. */
export interface Faults {
  readonly crash: number
  readonly pause: number
  /** The lease ends, although its owner goes on. */
  readonly lostLease: number
  readonly lostRequest: number
  readonly lostResponse: number
  /** A request arrives after its sender gave it up. */
  readonly lateRequest: number
  /** The server has rotated, and the keys of the ID token that came along cannot be fetched. */
  readonly lostKeys: number
  /** The store does not respond in time, and may still do what it was asked. */
  readonly hang: number
  /** The clock of the store had stood ahead, and is put right. */
  readonly clockBack: number
  /** The user logs in again, or out. */
  readonly login: number
  readonly logout: number
}

/** What has happened, as far as the verdict has to know it. */
export interface Facts {
  /** Processes that died after the server had rotated for them and before they had stored it. */
  readonly diedWithResponse: number
  /** Responses that did not arrive, or that were given up by a process that had slept too long. */
  readonly responsesLost: number
  /** Processes that slept past their deadline with a response that they had not stored. */
  readonly sleptWithResponse: number
  readonly lateRequests: number
  readonly user: 'there' | 'logged in again' | 'logged out'
  readonly clockWentBack: boolean
  /** The access tokens that were ever stored. */
  readonly everStored: string
}

const noFaults: Faults = {
  crash: 0,
  pause: 0,
  lostLease: 0,
  lostRequest: 0,
  lostResponse: 0,
  lateRequest: 0,
  lostKeys: 0,
  hang: 0,
  clockBack: 0,
  login: 0,
  logout: 0,
}

const noFacts: Facts = {
  diedWithResponse: 0,
  responsesLost: 0,
  sleptWithResponse: 0,
  lateRequests: 0,
  user: 'there',
  clockWentBack: false,
  everStored: '',
}

/** By how much a clock has stood ahead that goes back. */
export const ahead = 1000

/** The world before anything has happened: a token has expired, and nobody has noticed. */
export function firstWorld(server: ServerKind, faults: Partial<Faults>, lives: readonly Life[]): World {
  const newProcess = ({ start }: Life): Process => ({
    status: 'new',
    moment: start,
    steps: [],
    watched: 0,
    holding: undefined,
    deadline: 0,
    key: undefined,
  })
  return {
    time: (faults.clockBack ?? 0) * ahead,
    family: familyOf(newFamily(server)),
    version: 1,
    stored: storedOf(loginText('first', 'at-0', 'rt-0')),
    lease: undefined,
    late: undefined,
    processes: lives.map(newProcess),
    faults: faultsOf({ ...noFaults, ...faults }),
    facts: factsOf(noFacts),
  }
}

const families = new Numbering<Family>()
const texts = new Numbering<Stored>()
const allFaults = new Numbering<Faults>()
const allFacts = new Numbering<Facts>()

/** Families, strings, faults and facts with their numbers. */
export function familyOf(family: Family): Numbered<Family> {
  return families.of(Object.values(family).join(), family)
}

export function storedOf(text: string | undefined): Numbered<Stored> {
  const known = texts.of(text ?? '', { text, record: undefined })
  if (text !== undefined && !known.value.record) Object.assign(known.value, { record: JSON.parse(text) as TokenRecord })
  return known
}

export function faultsOf(faults: Faults): Numbered<Faults> {
  return allFaults.of(Object.values(faults).join(), faults)
}

export function factsOf(facts: Facts): Numbered<Facts> {
  return allFacts.of(Object.values(facts).join(), facts)
}

/** The world with something else of a process. */
export function withProcess(world: World, index: number, changes: Partial<Process>): World {
  const process = { ...(world.processes[index] as Process), key: undefined, ...changes }
  return { ...world, processes: world.processes.with(index, process) }
}

/** The world with more that has happened. */
export function withFacts(world: World, facts: Partial<Facts>): World {
  return { ...world, facts: factsOf({ ...world.facts.value, ...facts }) }
}

/** The world with one fault less to come. */
export function withoutFault(world: World, fault: keyof Faults): World {
  const { value } = world.faults
  return { ...world, faults: faultsOf({ ...value, [fault]: value[fault] - 1 }) }
}
