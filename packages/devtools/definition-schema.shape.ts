import type { Schema } from 'ts-json-schema-generator'
import type { Shape } from '../core/src/definition/check/kinds.ts'

/** The shape that a schema describes: the same, without what it takes to say it in JSON Schema. */
export function shapeOf(schema: Schema, path = 'the definition'): Shape {
  const { type, additionalProperties: rest, items, anyOf } = schema
  if (anyOf) return alternatives(anyOf, path)
  if (schema.const !== undefined) return [schema.const as string]
  if (schema.enum) return schema.enum as string[]
  if (type === 'array' && isSchema(items)) return listOf(shapeOf(items, `${path}[]`))
  if (type === 'object') return { ...fieldsOf(schema, path), ...(rest !== false && othersOf(rest, path)) }
  if (type === 'string' || type === 'number' || type === 'boolean') return type
  if (Array.isArray(type) && type.toSorted().join() === 'boolean,null,number,string') return 'scalar'
  if (Object.keys(schema).every((key) => key === 'description')) return 'any'
  throw new Error(`${path}: kinds.ts has no kind for ${JSON.stringify(schema)}`)
}

function fieldsOf({ properties = {}, required = [] }: Schema, path: string): Record<string, Shape> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [
      required.includes(name) ? `${name}!` : name,
      shapeOf(field as Schema, `${path}.${name}`),
    ]),
  )
}

/** The fields whose names the author chooses. */
function othersOf(rest: Schema['additionalProperties'], path: string): Record<string, Shape> {
  return { '*': isSchema(rest) ? shapeOf(rest, `${path}.*`) : 'any' }
}

function listOf(item: Shape): Shape {
  return { '[]': item }
}

/** Values, each of which will do. */
function alternatives(anyOf: readonly unknown[], path: string): Shape {
  const shapes = anyOf.map((one) => shapeOf(one as Schema, path))
  if (shapes.every((shape) => Array.isArray(shape))) return shapes.flat() as string[]
  throw new Error(`${path}: kinds.ts has no kind for one of several kinds`)
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
