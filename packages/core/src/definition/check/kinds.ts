import { GrantError } from '../../errors/grant-error.ts'
import { nearest } from '../../errors/unknown-fields.ts'
import { isObject } from '../../wire/json.ts'
import type { Shape } from './shape.ts'

const kinds: Readonly<Record<string, readonly [fits: (value: unknown) => boolean, what: string]>> = {
  text: [isText, 'a text'],
  number: [Number.isFinite, 'a number'],
  texts: [(value) => isListOf(value, isText), 'an array of texts'],
  numbers: [(value) => isListOf(value, Number.isFinite), 'an array of numbers'],
  values: [(value) => isListOf(value, isScalar), 'an array of texts, numbers, true, false and null'],
  map: [(value) => isObject(value) && Object.values(value).every(isText), 'an object whose values are texts'],
  object: [isObject, 'an object'],
  function: [(value) => typeof value === 'function', 'a function'],
}

/** Checks data that may have come as JSON against the fields that there are. Throws `config_invalid` with the path of the first wrong one. */
export function checkShape(value: unknown, shape: Shape, path = ''): void {
  if (value === undefined) return
  if (typeof shape === 'string') {
    const [fits, what] = kinds[shape]!
    if (!fits(value)) throw wrong(path, `write ${what}, not ${show(value)}`)
  } else if (Array.isArray(shape)) {
    if (!shape.includes(value)) throw wrong(path, `write ${shape.map(show).join(' or ')}, not ${show(value)}`)
  } else checkFields(value, shape as Fields, path)
}

type Fields = Readonly<Record<string, Shape>>

function checkFields(value: unknown, fields: Fields, path: string): void {
  const list = fields['[]']
  if (list ? !Array.isArray(value) : !isObject(value))
    throw wrong(path, `write ${list ? 'an array' : 'an object'}, not ${show(value)}`)
  const any = list ?? fields['*']
  for (const [name, member] of Object.entries(value as object)) {
    const place = path === '' ? name : `${path}.${name}`
    const shape = any ?? own(fields, name) ?? own(fields, `${name}!`)
    if (!shape) throw wrong(place, `there is no such field: ${nearest(name, namesOf(fields))}`)
    checkShape(member, shape, place)
  }
  const missing = Object.keys(fields).find((name) => name.endsWith('!') && isMissing(value, name.slice(0, -1)))
  if (missing !== undefined) throw wrong(`${path === '' ? '' : `${path}.`}${missing.slice(0, -1)}`, 'it is missing')
}

function namesOf(fields: Fields): readonly string[] {
  return Object.keys(fields).map((name) => name.replace('!', ''))
}

function own(fields: Fields, name: string): Shape | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined
}

function isMissing(value: unknown, name: string): boolean {
  return (value as Record<string, unknown>)[name] === undefined
}

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

function isListOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(fits)
}

const longest = 60

function show(value: unknown): string {
  return typeof value === 'function' ? 'a function' : (JSON.stringify(value)?.slice(0, longest) ?? String(value))
}

function wrong(path: string, what: string): GrantError {
  return new GrantError('config_invalid', `${path || 'the definition'}: ${what}`)
}
