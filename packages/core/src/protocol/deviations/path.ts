/** What stands at a path of plain data: names, or places of an array, with dots between them. */
export function at(data: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce(
      (part: unknown, name) =>
        isStructure(part) && Object.hasOwn(part, name) ? (part as Record<string, unknown>)[name] : undefined,
      data,
    )
}

/** Takes out what stands at a path, where there is something. */
export function remove(data: unknown, path: string): void {
  const dot = path.lastIndexOf('.')
  const parent = dot === -1 ? data : at(data, path.slice(0, dot))
  if (isStructure(parent)) delete (parent as Record<string, unknown>)[path.slice(dot + 1)]
}

/** Whether plain data has fields or items. */
export function isStructure(data: unknown): data is object {
  return typeof data === 'object' && data !== null
}
