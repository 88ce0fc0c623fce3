import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Collects garbage, and lets what waits for that run. */
export async function collectGarbage(): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await turn()
    collect()
  }
  await turn()
}
