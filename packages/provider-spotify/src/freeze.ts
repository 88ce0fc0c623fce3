/** Freezes plain data all the way down: every importer of a preset holds the same object. */
export function freeze<T>(data: T): T {
  if (typeof data === 'object' && data !== null) for (const member of Object.values(data)) freeze(member)
  return Object.freeze(data)
}
