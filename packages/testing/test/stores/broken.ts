import type { Broken } from './altered.ts'
import { concurrency } from './broken/concurrency.ts'
import { durability } from './broken/durability.ts'
import { forgetting } from './broken/forgetting.ts'
import { leaseLifetimes } from './broken/lease-lifetimes.ts'
import { leases } from './broken/leases.ts'
import { sweeping } from './broken/sweeping.ts'
import { strings } from './broken/strings.ts'
import { versions } from './broken/versions.ts'
import { watching } from './broken/watching.ts'

/** Stores of one process, each of which one check has to reject. */
export const brokenStores: readonly Broken[] = [
  ...versions,
  ...strings,
  ...forgetting,
  ...sweeping,
  ...concurrency,
  ...leases,
  ...leaseLifetimes,
  ...watching,
  ...durability,
]
