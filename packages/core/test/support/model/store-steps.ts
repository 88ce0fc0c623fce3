import { factsOf, storedOf, type World } from './world.ts'
import type { Operation, Outcome } from './operation.ts'

/** Carries an operation of the store out, all at once. */
export function carriedOut(world: World, index: number, operation: Operation): readonly [World, Outcome] {
  const { lease, time } = world
  const held = isHeld(lease, time)
  const mine = held && lease?.owner === index
  switch (operation.kind) {
    case 'read':
      return [world, { version: world.version, text: world.stored.value.text }]
    case 'now':
      return [world, { value: time }]
    case 'write':
      return operation.expected === 'any' || operation.expected === world.version
        ? [written(world, operation.text), { value: true }]
        : [world, { value: false }]
    case 'acquire':
      return held && !mine ? [world, { value: false }] : [leased(world, index, operation.ttl), { value: true }]
    case 'renew':
      return mine ? [leased(world, index, operation.ttl), { value: true }] : [world, { value: false }]
    case 'release':
      return [mine || operation.whose === 'any' ? { ...world, lease: undefined } : world, { value: true }]
    default:
      throw new Error(`a store does not ${operation.kind}`)
  }
}

/** Whether somebody has the lease. One from the future was taken by a clock that has gone back since: it is over. */
export function isHeld(lease: World['lease'], time: number): boolean {
  return lease !== undefined && lease.from <= time && time < lease.until
}

/** The world with another string in its store. */
export function written(world: World, text: string | undefined): World {
  const stored = storedOf(text)
  const { accessToken } = stored.value.record?.tokens['']?.token ?? {}
  const facts = world.facts.value
  const news = accessToken !== undefined && !facts.everStored.split(' ').includes(accessToken)
  return {
    ...world,
    version: world.version + 1,
    stored,
    facts: news ? factsOf({ ...facts, everStored: `${facts.everStored} ${accessToken}` }) : world.facts,
  }
}

function leased(world: World, owner: number, ttl: number): World {
  return { ...world, lease: { owner, from: world.time, until: world.time + ttl } }
}
