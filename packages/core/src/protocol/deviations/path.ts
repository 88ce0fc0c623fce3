/** The value at a dotted path of plain data: names or array indexes. */
export function at(data: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce(
      (part: unknown, name) =>
        isStructure(part) && Object.hasOwn(part, name) ? (part as Record<string, unknown>)[name] : undefined,
      data,
    )
}

/** Removes the value at a path, if any. */
export function remove(data: unknown, path: string): void {
  const dot = path.lastIndexOf('.')
  const parent = dot === -1 ? data : at(data, path.slice(0, dot))
  if (isStructure(parent)) delete (parent as Record<string, unknown>)[path.slice(dot + 1)]
}

/** Whether plain data has fields or items. */
export function isStructure(data: unknown): data is object {
  return typeof data === 'object' && data !== null
}
