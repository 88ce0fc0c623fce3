import { tokenAnswer } from '../answers.ts'
import { providerOf, tokenOf } from '../contenders/grantkit.ts'
import type { OpenStore } from '../contenders/program.ts'
import { setupFor } from './herd.ts'
import { refuse } from './operation.ts'
import { keyOf } from './store-operations.ts'

const lanes = 64

/** Stores strings, from so many keys to so many: one is written by a token source, the others are copies of it. */
export async function fillStore(
  { store }: OpenStore,
  base: string,
  { from, to }: { from: number; to: number },
): Promise<void> {
  const first = providerOf(setupFor(base)).tokenSource({ store, key: keyOf(0) })
  await first.save(tokenOf(tokenAnswer))
  const { value } = (await store.read(keyOf(0))) ?? refuse('nothing was stored')
  let next = Math.max(1, from)
  const lane = async (): Promise<void> => {
    while (next < to) await store.compareAndSet(keyOf(next++), 0, { value })
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
