import { GrantError } from '../errors/grant-error.ts'

const deepest = 64

/** Freezes plain data at every level, and returns it. What is frozen already counts as frozen at every level. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const name of Object.keys(value)) freezeDeep(Reflect.get(value, name))
  return Object.freeze(value)
}

/** Whether plain data is frozen at every level. */
export function isFrozenDeep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(isFrozenDeep)
}

/** Whether a value is an object without a class: its prototype is null, or an `Object.prototype` of any realm. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value) as object | null
  if (prototype === null) return true
  if (Object.getPrototypeOf(prototype) !== null) return false
  return Object.hasOwn(prototype, 'isPrototypeOf') || Reflect.ownKeys(prototype).length === 0 // Fastify's query strings
}

/** Whether a value survives a round trip through JSON. */
export function isJson(value: unknown, depth: number = deepest): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (depth === 0) return typeof value === 'object' // to be refused for its depth
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth - 1))
  return isPlainObject(value) && Object.values(value).every((item) => item === undefined || isJson(item, depth - 1))
}

/**
 * Copies plain data without undefined fields, and without any field named `__proto__`: one that came in JSON would become
 * the prototype of whatever a caller later makes of the object with `Object.assign` or a loop.
 */
export function withoutPrototypes<T>(value: T, depth: number = deepest): T {
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) throw new GrantError('config_invalid', `data is nested deeper than ${deepest} levels`)
  if (Array.isArray(value)) return value.map((item: unknown) => withoutPrototypes(item, depth - 1)) as T
  const copy: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(value))
    if (name !== '__proto__' && field !== undefined) copy[name] = withoutPrototypes(field as unknown, depth - 1)
  return copy as T
}

/** A frozen copy of plain data. */
export function frozenCopy<T>(value: T): T {
  return freezeDeep(withoutPrototypes(value))
}

type Inspect = (value: unknown, options: object) => string

/** Makes `console.log` and `util.inspect` show something other than an object's fields (Node, Bun, Deno). */
export function showInstead<T extends object>(prototype: T, label: string, show: (value: T) => unknown): void {
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: T, _depth: number, options: object, inspect?: Inspect): unknown {
      return inspect ? `${label} ${inspect(show(this), options)}` : show(this)
    },
  })
}
