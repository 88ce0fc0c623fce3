import type { Broken } from './altered.ts'
import { concurrency } from './broken/concurrency.ts'
import { durability } from './broken/durability.ts'
import { forgetting } from './broken/forgetting.ts'
import { leaseLives } from './broken/lease-lives.ts'
import { leases } from './broken/leases.ts'
import { sweeping } from './broken/sweeping.ts'
import { texts } from './broken/texts.ts'
import { versions } from './broken/versions.ts'
import { watching } from './broken/watching.ts'

/** Stores of one process, each of which one check has to refuse. */
export const brokenStores: readonly Broken[] = [
  ...versions,
  ...texts,
  ...forgetting,
  ...sweeping,
  ...concurrency,
  ...leases,
  ...leaseLives,
  ...watching,
  ...durability,
]
