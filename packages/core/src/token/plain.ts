import { GrantError } from '../errors/grant-error.ts'

const deepest = 64

/** Freezes plain data all the way down, and returns it. What is frozen already is taken to be so all the way. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  for (const name of Object.keys(value)) freezeDeep(Reflect.get(value, name))
  return Object.freeze(value)
}

/** Whether plain data cannot change any more, all the way down. */
export function isFrozenDeep(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every((member) => isFrozenDeep(member))
}

/**
 * Copies plain data without any member named `__proto__`: one that came in JSON would become the prototype of whatever
 * a caller later makes of the object with `Object.assign` or a loop.
 */
export function withoutPrototypes<T>(value: T, depth: number = deepest): T {
  if (typeof value !== 'object' || value === null) return value
  if (depth === 0) throw new GrantError('config_invalid', `data is nested deeper than ${deepest} levels`)
  if (Array.isArray(value)) return value.map((item: unknown) => withoutPrototypes(item, depth - 1)) as T
  const copy: Record<string, unknown> = {}
  for (const name of Object.keys(value))
    if (name !== '__proto__') copy[name] = withoutPrototypes(Reflect.get(value, name), depth - 1)
  return copy as T
}

const made = new WeakSet<object>()

/** A frozen copy of plain data. One that was made here is frozen all the way, and serves again. */
export function frozenCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null || made.has(value)) return value
  const copy = freezeDeep(withoutPrototypes(value))
  made.add(copy)
  return copy
}

type Inspect = (value: unknown, options: object) => string

/** Makes `console.log` and `util.inspect` show something else than an object's members (Node, Bun, Deno). */
export function showInstead<T extends object>(prototype: T, label: string, show: (value: T) => unknown): void {
  Object.defineProperty(prototype, Symbol.for('nodejs.util.inspect.custom'), {
    value(this: T, _depth: number, options: object, inspect?: Inspect): unknown {
      return inspect ? `${label} ${inspect(show(this), options)}` : show(this)
    },
  })
}
