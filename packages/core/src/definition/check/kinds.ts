import { GrantError } from '../../errors/grant-error.ts'
import { kindOf } from '../../errors/quote.ts'
import { nearest } from '../../errors/unknown-fields.ts'
import { isObject } from '../../wire/json.ts'

/**
 * What a field of a definition holds: a kind, one of some values, or fields of its own. `*` stands for names that the
 * author chooses, `[]` for the items of an array; a name with `!` is required.
 */
export type Shape = keyof typeof kinds | readonly (string | number | boolean)[] | Fields

/** The fields of an object, or the items of an array. */
interface Fields {
  readonly [field: string]: Shape
}

const kinds = {
  string: [isString, 'a string', 'strings'],
  number: [Number.isFinite, 'a number', 'numbers'],
  boolean: [(value) => typeof value === 'boolean', 'true or false', 'true and false'],
  scalar: [isScalar, 'a string, a number, true, false or null', 'strings, numbers, true, false and null'],
  any: [() => true, 'anything', 'anything'],
} as const satisfies Record<string, readonly [fits: (value: unknown) => boolean, one: string, several: string]>

/**
 * Checks data that came as JSON against the fields of a definition. Throws `config_invalid` with the path of the first
 * wrong field; its value is shown only where the field holds one of some words.
 */
export function checkShape(value: unknown, shape: Shape, path = ''): void {
  if (value === undefined) return
  if (typeof shape === 'string') {
    const [fits, what] = kinds[shape]
    if (!fits(value)) throw wrong(path, `write ${what}, not ${kindOf(value)}`)
  } else if (isValues(shape)) {
    const allowed = shape.map((item) => JSON.stringify(item)).join(' or ')
    if (!shape.includes(value as string)) throw wrong(path, `write ${allowed}, not ${show(value)}`)
  } else checkFields(value, shape, path)
}

function checkFields(value: unknown, fields: Fields, path: string): void {
  const item = fields['[]']
  if (item ? !Array.isArray(value) : !isObject(value))
    throw wrong(path, `write ${item ? arrayOf(item) : 'an object'}, not ${kindOf(value)}`)
  for (const [name, field] of Object.entries(value as object)) {
    const place = path === '' ? name : `${path}.${name}`
    const shape = item ?? own(fields, name) ?? own(fields, `${name}!`) ?? fields['*']
    if (!shape) throw wrong(place, `unknown field: ${nearest(name, namesOf(fields))}`)
    checkShape(field, shape, place)
  }
  const missing = Object.keys(fields).find((name) => name.endsWith('!') && isMissing(value, bare(name)))
  if (missing !== undefined) throw wrong(`${path === '' ? '' : `${path}.`}${bare(missing)}`, 'it is missing')
}

function arrayOf(item: Shape): string {
  return typeof item === 'string' ? `an array of ${kinds[item][2]}` : 'an array'
}

function namesOf(fields: Fields): readonly string[] {
  return Object.keys(fields).map(bare)
}

function bare(name: string): string {
  return name.replace('!', '')
}

function own(fields: Fields, name: string): Shape | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function isMissing(value: unknown, name: string): boolean {
  return (value as Record<string, unknown>)[name] === undefined
}

function isValues(shape: readonly unknown[] | Fields): shape is readonly (string | number | boolean)[] {
  return Array.isArray(shape)
}

function isString(value: unknown): boolean {
  return typeof value === 'string'
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

const longest = 60

/** A wrong word is shown, and anything else by its kind, since it may hold anything. */
function show(value: unknown): string {
  return isScalar(value) ? JSON.stringify(value).slice(0, longest) : kindOf(value)
}

function wrong(path: string, what: string): GrantError {
  return new GrantError('config_invalid', `${path || 'the definition'}: ${what}`)
}
