/**
 * Freezes JSON all the way down, in a copy: every importer of a preset holds the same object. A bundler drops the call with
 * a preset that nobody imports.
 */
/* #__NO_SIDE_EFFECTS__ */
export function freeze<T>(data: T): T {
  return JSON.parse(JSON.stringify(data), (_name, member: unknown) => Object.freeze(member)) as T
}
