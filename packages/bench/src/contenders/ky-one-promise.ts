// The same hooks, with one promise for all who wait: what most applications end up with.
import { herdWith } from './ky-hooks.ts'
import type { Program } from './program.ts'

export const herd: Program['herd'] = (start) =>
  herdWith(start, (renew) => {
    let flight: ReturnType<typeof renew> | undefined
    return (held) => (flight ??= renew(held).finally(() => (flight = undefined)))
  })
