import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** Every file of a package that is loaded with an entry. @param {string} file @param {Set<string>} [seen] */
export function reachable(file, seen = new Set()) {
  if (seen.has(file)) return seen
  seen.add(file)
  const imports = readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)
  for (const [, path = ''] of imports) reachable(resolve(dirname(file), path), seen)
  return seen
}
