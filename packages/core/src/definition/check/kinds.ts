import { GrantError } from '../../errors/grant-error.ts'
import { kindOf } from '../../errors/quote.ts'
import { nearest } from '../../errors/unknown-fields.ts'
import { isObject } from '../../wire/json.ts'
import type { Shape } from './shape.ts'

const kinds: Readonly<Record<string, readonly [fits: (value: unknown) => boolean, one: string, several: string]>> = {
  string: [isString, 'a string', 'strings'],
  number: [Number.isFinite, 'a number', 'numbers'],
  scalar: [isScalar, 'a string, a number, true, false or null', 'strings, numbers, true, false and null'],
  object: [isObject, 'an object', 'objects'],
  function: [(value) => typeof value === 'function', 'a function', 'functions'],
}

/** Kinds that hold several values of another kind: arrays (`[]`), or objects whose names the author chooses (`*`). */
const containers: Readonly<Record<string, Fields>> = {
  strings: { '[]': 'string' },
  numbers: { '[]': 'number' },
  values: { '[]': 'scalar' },
  map: { '*': 'string' },
}

type Fields = Readonly<Record<string, Shape | 'scalar'>>

/**
 * Checks data that may have come as JSON against the fields that there are. Throws `config_invalid` with the path of the
 * first wrong one, and nothing of what it holds but a word in place of another.
 */
export function checkShape(value: unknown, shape: Shape | 'scalar', path = ''): void {
  if (value === undefined) return
  if (typeof shape === 'string') {
    if (Object.hasOwn(containers, shape)) return checkFields(value, containers[shape]!, path)
    const [fits, what] = kinds[shape]!
    if (!fits(value)) throw wrong(path, `write ${what}, not ${kindOf(value)}`)
  } else if (Array.isArray(shape)) {
    const allowed = shape.map((item) => JSON.stringify(item)).join(' or ')
    if (!shape.includes(value)) throw wrong(path, `write ${allowed}, not ${show(value)}`)
  } else checkFields(value, shape as Fields, path)
}

function checkFields(value: unknown, fields: Fields, path: string): void {
  const item = fields['[]']
  if (item ? !Array.isArray(value) : !isObject(value))
    throw wrong(path, `write ${item ? arrayOf(item) : 'an object'}, not ${kindOf(value)}`)
  const any = item ?? fields['*']
  for (const [name, field] of Object.entries(value as object)) {
    const place = path === '' ? name : `${path}.${name}`
    const shape = any ?? own(fields, name) ?? own(fields, `${name}!`)
    if (!shape) throw wrong(place, `there is no such field: ${nearest(name, namesOf(fields))}`)
    checkShape(field, shape, place)
  }
  const missing = Object.keys(fields).find((name) => name.endsWith('!') && isMissing(value, name.slice(0, -1)))
  if (missing !== undefined) throw wrong(`${path === '' ? '' : `${path}.`}${missing.slice(0, -1)}`, 'it is missing')
}

function arrayOf(item: Shape | 'scalar'): string {
  return typeof item === 'string' ? `an array of ${kinds[item]![2]}` : 'an array'
}

function namesOf(fields: Fields): readonly string[] {
  return Object.keys(fields).map((name) => name.replace('!', ''))
}

function own(fields: Fields, name: string): Fields[string] | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function isMissing(value: unknown, name: string): boolean {
  return (value as Record<string, unknown>)[name] === undefined
}

function isString(value: unknown): boolean {
  return typeof value === 'string'
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

const longest = 60

/** A word in place of another is shown; what is not a word may be anything. */
function show(value: unknown): string {
  return isScalar(value) ? JSON.stringify(value).slice(0, longest) : kindOf(value)
}

function wrong(path: string, what: string): GrantError {
  return new GrantError('config_invalid', `${path || 'the definition'}: ${what}`)
}
