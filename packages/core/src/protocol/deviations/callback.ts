import type { CallbackDeviations } from '../../definition/request-deviations.ts'
import type { Used } from './used.ts'

/** A callback with its parameters under their names in the standards (RFC 6749 §4.1.2). One that is present under both names is present twice. */
export function normaliseCallback(
  parameters: URLSearchParams,
  { renamed = {}, kept = [] }: CallbackDeviations,
  used: Used,
): URLSearchParams {
  const standard = new Map(Object.entries(renamed).map(([name, other]) => [other, name]))
  for (const [name, other] of Object.entries(renamed)) if (parameters.has(other)) used(`callback.renamed.${name}`)
  if (kept.some((name) => parameters.has(name))) used('callback.kept')
  return new URLSearchParams([...parameters].map(([name, value]) => [standard.get(name) ?? name, value]))
}
