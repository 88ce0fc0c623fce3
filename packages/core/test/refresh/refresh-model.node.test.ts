import { afterAll, describe, expect, test } from 'vitest'
import { fleet } from '../support/fleet.ts'
import * as defects from '../support/model/defects.ts'
import { explore, type Findings, type Setting } from '../support/model/explore.ts'
import { deep, possibleLosses, nameOf, singleFaults, threeProcesses, twoProcesses } from '../support/model/settings.ts'
import type { Defect } from '../support/model/participant.ts'
import type { Loss } from '../support/model/verdict.ts'
import type { Faults } from '../support/model/world.ts'

/*
 * The real coordinator among two and three processes, in every order in which they can get ahead, at servers that
 * rotate strictly, with a grace, by FAPI 2.0 and never, with the faults that processes, networks and stores have.
 * GRANTKIT_MODEL=whole explores three processes, too, which takes minutes, and GRANTKIT_MODEL=deep half an hour.
 */
const level = process.env['GRANTKIT_MODEL'] ?? 'small'
const timeout = 3_600_000
const counted: Record<string, unknown>[] = []

afterAll(() => {
  const sum = (name: string) => [name, counted.reduce((total, row) => total + Number(row[name] ?? 0), 0)]
  const all = Object.fromEntries(['worlds', 'endings', 'histories', 'crash', 'response', 'pause', 'late'].map(sum))
  console.table([...counted, { setting: 'all', ...all }])
})

async function exploreAndCount(setting: Setting): Promise<Findings> {
  const findings = await explore(setting)
  const { worlds, endings, histories, depth, losses } = findings
  const lost = Object.fromEntries(kindsOf(losses).map((kind) => [kind, losses[kind]]))
  counted.push({ setting: nameOf(setting), worlds, endings, histories, depth, ...lost })
  return findings
}

function kindsOf(losses: Findings['losses']): readonly Loss[] {
  return (Object.keys(losses) as Loss[]).filter((kind) => losses[kind] > 0)
}

const settings = { small: twoProcesses, whole: [...twoProcesses, ...threeProcesses], deep }
describe.each(settings[level as keyof typeof settings].map((setting) => [nameOf(setting), setting] as const))(
  '%s',
  (_, setting) => {
    test('nothing is lost but what nobody could have kept', { timeout }, async () => {
      const { problem, complete, endings, losses } = await exploreAndCount(setting)
      expect(problem).toBeUndefined()
      expect(complete).toBe(true)
      expect(endings).toBeGreaterThan(0)
      const [found, possible] = [kindsOf(losses), possibleLosses(setting)]
      expect(found.filter((kind) => !possible.includes(kind))).toEqual([])
      expect(possible.filter((kind) => setting.server === 'strict' && !found.includes(kind))).toEqual([]) // it sees them
    })
  },
)

const lost = 'the grant is lost'

describe('a process with a defect', () => {
  test.each<[string, Defect, Partial<Faults>]>([
    ['believes what it read before it had the lease', defects.believesOldReading, { lostLease: 1 }],
    ['sends without a note', defects.takesNoNote, { lostLease: 1 }],
    ['ignores the notes of others', defects.ignoresNotes, { lostLease: 1 }],
    ['goes by its own clock', defects.hasOwnClock, { lostLease: 1 }],
    ['sends however long it has slept', defects.sendsAfterSleep, { pause: 1 }],
    ['stores only while it has the lease', defects.storesOnlyWithLease, { lostLease: 1 }],
    ['hands the token out before it is stored', defects.storesLater, {}],
    ['writes over a new login', defects.writesBlindly, { login: 1 }],
    ['brings back what the user has logged out of', defects.writesBlindly, { logout: 1 }],
    ['marks a new login as dead', defects.buriesBlindly, { login: 1 }],
    ['takes silence for a refusal', defects.takesSilenceForRefusal, { lostRequest: 1 }],
  ])('that %s loses a grant, and the model finds out', { timeout }, async (name, defect, faults) => {
    const setting: Setting = { processes: 2, server: 'strict', faults, defect, thorough: true }
    const { problem, worlds } = await explore({ ...setting, seeking: lost })
    expect(problem).toMatchObject({ what: lost })
    counted.push({ setting: `${name}: ${problem?.story.length} steps to a loss`, worlds })
  })

  test.each<[string, Defect, Partial<Faults>, string]>([
    ['forgets what came without keys', defects.forgetsWhatCameWithoutKeys, { lostKeys: 1 }, lost],
    ['takes silence of the store for success', defects.takesSilenceForStored, { hang: 1 }, lost],
    [
      'believes a note from the future',
      defects.believesTheFuture,
      { clockBack: 1, crash: 1 },
      'a process waited in vain',
    ],
  ])('that %s is found out, too', { timeout }, async (name, defect, faults, seeking) => {
    const { problem, worlds } = await explore({
      processes: 2,
      server: 'strict',
      faults,
      defect,
      thorough: true,
      seeking,
    })
    expect(problem).toMatchObject({ what: seeking })
    counted.push({ setting: `${name}: ${problem?.story.length} steps to it`, worlds })
  })

  test('that believes what it read before it had the lease needs no fault to use a refresh token again', async () => {
    const { believesOldReading: defect } = defects
    const { problem } = await explore({ processes: 2, server: 'strict', faults: {}, defect, thorough: true })
    expect(problem).toMatchObject({ what: 'a reuse without a fault' })
  })

  test.each<[string, Defect, boolean]>([
    ['does not read again under the lease', defects.doesNotReadAgain, true],
    ['gives back the lease of others', defects.releasesAnyLease, false],
    ['never renews its lease', defects.neverRenews, false],
    ['takes no lease', defects.takesNoLease, false],
  ])('that %s loses nothing: the note and the version protect the token', { timeout }, async (_, defect, thorough) => {
    for (const faults of singleFaults) {
      const setting: Setting = { processes: 2, server: 'strict', faults, defect, thorough }
      const { problem, complete } = await explore({ ...setting, seeking: lost })
      expect(problem).toBeUndefined()
      expect(complete).toBe(true)
    }
  })
})

describe('the model', () => {
  test('leaves worlds out only where they end in the same way', { timeout }, async () => {
    for (const faults of singleFaults) {
      const setting: Setting = { processes: 2, server: 'strict', faults }
      const [short, long] = [await explore(setting), await explore({ ...setting, thorough: true })]
      expect(long.worlds).toBeGreaterThan(short.worlds)
      expect(Object.keys(short.ends).toSorted()).toEqual(Object.keys(long.ends).toSorted())
      expect(short.problem).toEqual(long.problem)
    }
  })

  test('finds the same when it is run again', async () => {
    const setting: Setting = { processes: 2, server: 'strict', faults: { crash: 1 } }
    expect(await explore(setting)).toEqual(await explore(setting))
  })
})

test('a process that is about to send an old refresh token again does not, if the new one was stored meanwhile', async () => {
  const { server, clock, start, settle } = await fleet('strict')
  await clock.advance(3_600_000)
  const [first, second] = [start(), start()]
  const asleep = first.stopAt('compareAndSet', 'before', 2) // it has the response
  const slow = first.tokens.token()
  await asleep.reached
  await clock.advance(60_000)
  const noted = second.stopAt('compareAndSet', 'after')
  const recovering = second.tokens.token()
  await noted.reached
  asleep.resume()
  expect((await settle(slow)).accessToken).toBe('at-1')
  noted.resume()
  expect((await settle(recovering)).accessToken).toBe('at-1')
  expect(server.used).toEqual(['rt-0'])
})
