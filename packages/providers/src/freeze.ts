/**
 * Freezes plain data all the way down: every importer of a preset holds the same object. A bundler drops the call with a
 * preset that nobody imports.
 */
/* #__NO_SIDE_EFFECTS__ */
export function freeze<T>(data: T): T {
  return freezeDeep(data) // a function that calls itself must not bear that mark: a bundler would drop the inner calls
}

function freezeDeep<T>(data: T): T {
  if (typeof data === 'object' && data !== null) for (const member of Object.values(data)) freezeDeep(member)
  return Object.freeze(data)
}
