import { GrantError, memoryStore } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { RecordKeeper } from '../../src/refresh/record-keeper.ts'
import { serialise } from '../../src/refresh/record-json.ts'
import { newRecord, type TokenRecord } from '../../src/refresh/token-record.ts'
import { someTime } from '../support/clock.ts'
import { key, over, place, process } from '../support/coordination.ts'
import { errorOf } from '../support/scene.ts'

const away = () => Promise.reject(new GrantError('store_failed', 'away'))
const later = (record: TokenRecord): TokenRecord => ({ ...record, generation: record.generation + 1, seed: 'rt-later' })

describe('a store that is away when a record is to be written', () => {
  test('is asked again after pauses that grow, and is told of once', async () => {
    const { clock, memory, coordination, record, types } = await process()
    const keeper = new RecordKeeper({ ...coordination, store: over(memory, { compareAndSet: away }) })
    expect((await errorOf(keeper.writeForSure(1, record, 5000))).message).toBe('away')
    expect(clock.slept.slice(0, 8)).toEqual([100, 200, 400, 800, 1000, 1000, 1000, 1000])
    expect(types()).toEqual(['persist_delayed'])
  })

  test('is asked once, where there is no time to wait', async () => {
    const { clock, memory, coordination, record } = await process()
    let writes = 0
    const compareAndSet = () => {
      writes += 1
      return away()
    }
    const keeper = new RecordKeeper({ ...coordination, store: over(memory, { compareAndSet }) })
    await errorOf(keeper.writeForSure(1, record, 0))
    expect([writes, clock.slept]).toEqual([1, [1000]]) // and again in a second, in the background
  })

  test('is asked no more once it has taken the record', async () => {
    let failures = 3
    const { clock, memory, coordination, record, stored } = await process()
    const store = over(memory, {
      compareAndSet: (...write) => (failures-- > 0 ? away() : memory.compareAndSet(...write)),
    })
    const keeper = new RecordKeeper({ ...coordination, store })
    expect(await keeper.writeForSure(1, later(record), 5000)).toBe(true)
    expect(clock.slept).toEqual([100, 200, 400])
    expect(coordination.state).toMatchObject({ version: 2, record: { seed: 'rt-later' }, pending: undefined })
    expect(await stored()).toMatchObject({ seed: 'rt-later' })
  })

  test('gets it from this process, once it is back', async () => {
    const { clock, memory, coordination, record, types, stored } = await process()
    const isAway = () => clock.now() < someTime + 60_000
    const store = over(memory, {
      read: (at) => (isAway() ? away() : memory.read(at)),
      compareAndSet: (...write) => (isAway() ? away() : memory.compareAndSet(...write)),
    })
    await errorOf(new RecordKeeper({ ...coordination, store }).writeForSure(1, later(record), 5000))
    await expect.poll(async () => (await stored())?.seed).toBe('rt-later')
    await expect.poll(types).toEqual(['persist_delayed', 'restored'])
    expect(clock.slept.slice(8)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000])
    expect(coordination.state.pending).toBeUndefined()
  })

  test('is given up after ten minutes', async () => {
    const { clock, coordination, record } = await process()
    const store = over(memoryStore({ clock }), { compareAndSet: away, read: away })
    await errorOf(new RecordKeeper({ ...coordination, store }).writeForSure(1, record, 5000))
    await expect.poll(() => clock.slept.slice(8).reduce((sum, ms) => sum + ms, 0)).toBe(601_000)
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setTimeout(resolve, 0))
    expect(clock.slept.slice(8)).toHaveLength(24)
  })

  test('is not needed, where the escrow takes the record', async () => {
    const { memory, coordination, record, clock, stored } = await process()
    const escrow = memoryStore({ clock })
    const keeper = new RecordKeeper({ ...coordination, escrow, store: over(memory, { compareAndSet: away }) })
    expect(await keeper.writeForSure(1, later(record), 5000)).toBe(true)
    expect(await stored(escrow)).toMatchObject({ seed: 'rt-later' })
    expect(coordination.state.record).toMatchObject({ seed: 'rt-later' })
  })

  test('with an escrow that is away, too, is an error, and nobody gets the record', async () => {
    const { memory, coordination, record, clock } = await process()
    const escrow = over(memoryStore({ clock }), { read: away })
    const keeper = new RecordKeeper({ ...coordination, escrow, store: over(memory, { compareAndSet: away }) })
    expect((await errorOf(keeper.writeForSure(1, later(record), 5000))).message).toBe('away')
    expect(coordination.state.record).toBeUndefined()
  })

  test('and says that somebody else has written, ends it at once', async () => {
    const { coordination, record, clock, types } = await process()
    expect(await new RecordKeeper(coordination).writeForSure(7, later(record), 5000)).toBe(false)
    expect([clock.slept, types()]).toEqual([[], []])
    expect(coordination.state).toMatchObject({ version: 0, record: undefined })
  })
})

describe('what this process knows better than the store', () => {
  test('is written back, without the note of whoever was at it', async () => {
    const { coordination, record, types, stored } = await process()
    const { state } = coordination
    state.pending = { ...later(record), intent: { holder: 'gone', attempt: 1, at: 1, deadline: 2 } }
    expect(await new RecordKeeper(coordination).load()).toMatchObject({ version: 2, record: { seed: 'rt-later' } })
    expect((await stored())?.intent).toBeUndefined()
    expect(types()).toEqual(['restored'])
    expect(state.pending).toBeUndefined()
  })

  test.each<[string, (record: TokenRecord) => TokenRecord]>([
    ['it is of another login', (record) => ({ ...later(record), grant: 'another' })],
    ['it is no further', (record) => ({ ...record, seed: 'rt-later' })],
    ['it is behind', (record) => ({ ...record, generation: 0, seed: 'rt-later' })],
  ])('is forgotten where %s', async (_, change) => {
    const { coordination, record, types, stored } = await process()
    const { state } = coordination
    state.pending = change(record)
    expect((await new RecordKeeper(coordination).load()).version).toBe(1)
    expect(state.pending).toBeUndefined()
    expect([types(), (await stored())?.seed]).toEqual([[], undefined])
  })

  test('does not bring a grant back that the provider has ended', async () => {
    const { coordination, record, memory } = await process()
    await memory.compareAndSet(key, 1, { value: serialise({ ...record, state: 'dead' }) })
    coordination.state.pending = later(record)
    expect((await new RecordKeeper(coordination).load()).record?.state).toBe('dead')
  })

  test('counts where the store has lost its last writes, and not where it has newer ones', async () => {
    const lost = await process()
    Object.assign(lost.coordination.state, { version: 2, record: later(lost.record) })
    expect((await new RecordKeeper(lost.coordination).load()).record?.seed).toBe('rt-later')
    const same = await process()
    Object.assign(same.coordination.state, { version: 1, record: later(same.record) })
    expect((await new RecordKeeper(same.coordination).load()).record?.seed).toBeUndefined()
  })

  test('is forgotten with a record that is as new', async () => {
    const { coordination, record } = await process()
    const keeper = new RecordKeeper(coordination)
    coordination.state.pending = later(record)
    expect(await keeper.write(1, record)).toBe(true)
    expect(coordination.state.pending).toBeDefined() // that was older
    expect(await keeper.write(2, later(record))).toBe(true)
    expect(coordination.state.pending).toBeUndefined()
  })

  test('waits in escrow for whoever looks, and is taken out of it once it is home', async () => {
    const { coordination, record, clock, stored } = await process()
    const escrow = memoryStore({ clock })
    await escrow.compareAndSet(key, 0, { value: serialise(later(record)) })
    const keeper = new RecordKeeper({ ...coordination, escrow })
    expect((await keeper.load()).record?.seed).toBe('rt-later')
    expect(await stored(escrow)).toBeUndefined()
    await escrow.compareAndSet(key, 2, { value: serialise(record) }) // behind by now
    expect((await keeper.load()).record?.seed).toBe('rt-later')
    expect(await stored(escrow)).toBeUndefined()
  })

  test('of another key or owner is not taken out of an escrow', async () => {
    for (const foreign of [{ key: 'user:43' }, { owner: 'other' }]) {
      const { coordination, record, clock } = await process()
      const escrow = memoryStore({ clock })
      await escrow.compareAndSet(key, 0, { value: serialise({ ...later(record), ...foreign }) })
      expect((await new RecordKeeper({ ...coordination, escrow }).load()).record?.seed).toBeUndefined()
    }
  })
})

describe('the time of the store', () => {
  test('is compared with that of this process when another has written, and then alone', async () => {
    const { coordination, memory, clock, record } = await process()
    let asked = 0
    const now = async () => {
      asked += 1
      return (await memory.now()) - 7000
    }
    const keeper = new RecordKeeper({ ...coordination, store: over(memory, { now }) })
    await keeper.load()
    expect([coordination.state.ahead, asked]).toEqual([7000, 1])
    await keeper.load()
    await keeper.write(1, later(record))
    await keeper.load()
    expect(asked).toBe(1)
    const undated = { '': { token: { accessToken: 'at-0' }, obtainedAt: someTime } }
    await memory.compareAndSet(key, 2, { value: serialise({ ...later(record), tokens: undated }) })
    await keeper.load()
    expect(asked).toBe(1) // none of its tokens has a time of the store
    expect(clock.slept).toEqual([])
  })

  test('that takes long to come says nothing', async () => {
    const { coordination, memory, clock } = await process()
    const now = async () => {
      clock.jump(1000)
      return memory.now()
    }
    await new RecordKeeper({ ...coordination, store: over(memory, { now }) }).load()
    expect(coordination.state.ahead).toBeUndefined()
  })
})

describe('forgetting', () => {
  test('ends what this process, the store and the escrow know, and says what there was', async () => {
    const { coordination, record, clock, stored, memory } = await process()
    const escrow = memoryStore({ clock })
    await escrow.compareAndSet(key, 0, { value: serialise(later(record)) })
    coordination.state.pending = later(record)
    expect(await new RecordKeeper({ ...coordination, escrow }).forget()).toMatchObject({ grant: record.grant })
    expect(coordination.state).toMatchObject({ version: 2, record: undefined, pending: undefined })
    expect([await stored(), await stored(escrow)]).toEqual([undefined, undefined])
    expect(await new RecordKeeper(coordination).forget()).toBeUndefined()
    expect(coordination.state.version).toBe(2)
    expect((await memory.read(key))?.version).toBe(2) // nothing there, so nothing is written
  })

  test('ends what this process has put into escrow itself, and writes nothing where nothing is', async () => {
    const { coordination, record, clock, stored, memory } = await process()
    const escrow = memoryStore({ clock })
    let isAway = true
    const compareAndSet: typeof memory.compareAndSet = (...write) => (isAway ? away() : memory.compareAndSet(...write))
    const keeper = new RecordKeeper({ ...coordination, escrow, store: over(memory, { compareAndSet }) })
    await keeper.writeForSure(1, later(record), 5000)
    expect(await stored(escrow)).toBeDefined()
    isAway = false
    await keeper.forget()
    expect(await stored(escrow)).toBeUndefined()
    const empty = memoryStore({ clock })
    await new RecordKeeper({ ...coordination, escrow: empty }).forget()
    expect(await empty.read(key)).toBeUndefined()
  })

  test('goes on until it has the last word', async () => {
    const { coordination, memory, record, stored } = await process()
    let meanwhile = true
    const compareAndSet: typeof memory.compareAndSet = async (at, expected, write) => {
      if (meanwhile) await memory.compareAndSet(at, expected, { value: serialise(later(record)) })
      meanwhile = false
      return memory.compareAndSet(at, expected, write)
    }
    const keeper = new RecordKeeper({ ...coordination, store: over(memory, { compareAndSet }) })
    expect(await keeper.forget()).toMatchObject({ seed: 'rt-later' })
    expect(await stored()).toBeUndefined()
    expect(coordination.state.version).toBe(3)
  })

  test('tells nothing of the record of another owner', async () => {
    const { coordination, stored } = await process()
    expect(await new RecordKeeper({ ...coordination, owner: 'another' }).forget()).toBeUndefined()
    expect(await stored()).toBeUndefined()
  })

  test('drops what was set aside, and that alone', async () => {
    const { coordination, memory } = await process()
    const beside = `${key}.damaged`
    await memory.compareAndSet(beside, 0, { value: 'damaged' })
    await new RecordKeeper(coordination).forget()
    expect(await memory.read(beside)).toEqual({ version: 2, value: undefined })
    await new RecordKeeper(coordination).forget()
    expect((await memory.read(beside))?.version).toBe(2)
  })
})

test('another damage is set aside in place of the one before', async () => {
  const { coordination, memory, types } = await process()
  const keeper = new RecordKeeper(coordination)
  for (const [version, value] of ['first', 'second'].entries()) {
    await memory.compareAndSet(key, version + 1, { value })
    expect((await keeper.load()).record).toBeUndefined()
    expect((await memory.read(`${key}.damaged`))?.value).toBe(value)
  }
  expect(types()).toEqual(['damaged', 'damaged'])
})

test('a record that was restored while another was written gives way to it', async () => {
  const { coordination, memory, record } = await process()
  coordination.state.pending = later(record)
  const login = { ...newRecord(place, 'rt-login'), generation: 1 }
  let meanwhile = true
  const compareAndSet: typeof memory.compareAndSet = async (at, expected, write) => {
    if (meanwhile) await memory.compareAndSet(at, expected, { value: serialise(login) })
    meanwhile = false
    return memory.compareAndSet(at, expected, write)
  }
  const keeper = new RecordKeeper({ ...coordination, store: over(memory, { compareAndSet }) })
  expect(await keeper.load()).toMatchObject({ version: 2, record: { seed: 'rt-login' } })
})

test.each(['in this process', 'in escrow'])(
  'a record that waits %s is restored, although another process notes that it refreshes meanwhile',
  async (where) => {
    const { coordination, memory, record, clock, stored } = await process()
    const escrow = memoryStore({ clock })
    if (where === 'in escrow') await escrow.compareAndSet(key, 0, { value: serialise(later(record)) })
    else coordination.state.pending = later(record)
    const intent = { holder: 'another', attempt: 1, at: someTime, deadline: someTime + 15_000 }
    let meanwhile = true
    const compareAndSet: typeof memory.compareAndSet = async (at, expected, write) => {
      if (meanwhile) await memory.compareAndSet(at, expected, { value: serialise({ ...record, intent }) })
      meanwhile = false
      return memory.compareAndSet(at, expected, write)
    }
    const keeper = new RecordKeeper({ ...coordination, escrow, store: over(memory, { compareAndSet }) })
    expect(await keeper.load()).toMatchObject({ version: 3, record: { seed: 'rt-later' } })
    expect(await stored()).toMatchObject({ seed: 'rt-later' })
  },
)
