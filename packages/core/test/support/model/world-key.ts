import { Numbering } from './numbering.ts'
import type { Process, World } from './world.ts'

/** Makes short strings of the worlds of one exploration: equal worlds have the same, others have not. */
export class WorldKeys {
  readonly #numbers = new Numbering<undefined>()

  keyOf({ time, family, version, stored, lease, late, processes, faults, facts }: World): string {
    let key = characters(time, version, lease ? lease.owner + 1 : 0, lease ? lease.until : 0, lease ? lease.from : 0)
    key += characters(late ? this.#numbers.of(JSON.stringify(late), undefined).number + 1 : 0)
    key += characters(family.number, stored.number, faults.number, facts.number)
    for (const process of processes) {
      const number = (process.key ??= this.#number(process))
      const changed = process.moment.watching && process.watched !== version
      key += characters(number % 0x8000, (Math.floor(number / 0x8000) << 1) | Number(changed))
    }
    return key
  }

  #number(process: Process): number {
    return this.#numbers.of(describe(process), undefined).number
  }
}

/** Once a process has ended, it does not matter any more how it came to that. */
function describe({ status, moment, steps, holding, deadline }: Process): string {
  if (status === 'dead') return status
  if (status === 'done') return [status, moment.end?.token, moment.end?.error].join(' ')
  const parts = [status, moment.number, holding, holding && deadline]
  for (const { id, until, phase, response } of steps)
    parts.push(id, until, phase, response && Object.values(response).join())
  return parts.join(' ')
}

function characters(...codes: readonly number[]): string {
  for (const code of codes) if (code > 0xff_ff) throw new Error('there are more numbers than characters')
  return String.fromCharCode(...codes)
}
