/** Deep-freezes plain data, because every importer of a preset shares the same object. */
export function freeze<T>(data: T): T {
  if (typeof data === 'object' && data !== null) for (const field of Object.values(data)) freeze(field)
  return Object.freeze(data)
}
