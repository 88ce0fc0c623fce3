import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { definitionShape, type Shape } from '../../src/definition/check/shape.ts'

// Writes provider.schema.json: `node --conditions=@grantkit/source packages/core/test/definition/provider-schema.ts`. What the
// fields hold comes from the shape that the library checks by, what they mean from the comments of the types.

type Schema = Readonly<Record<string, unknown>>
type Fields = Readonly<Record<string, Shape>>

interface Field {
  readonly description: string
  /** The interface that the field is of, or the type as it is written. */
  readonly type: string
}

const folder = join(import.meta.dirname, '../../src/definition')
export const schemaFile: string = join(import.meta.dirname, '../../provider.schema.json')

/** The fields of each interface, by its name; those of an object in a field by `Interface.field`. */
function readInterfaces(): ReadonlyMap<string, ReadonlyMap<string, Field>> {
  const interfaces = new Map<string, Map<string, Field>>()
  for (const file of globSync('*.ts', { cwd: folder })) {
    const path: string[] = []
    let comment = ''
    for (const line of readFileSync(join(folder, file), 'utf8').split('\n')) {
      const [, opened, parent] = /^export interface (\w+)[^{]*?(?:extends (?:Omit<)?(\w+).*)?\{$/.exec(line) ?? []
      if (opened !== undefined) {
        path.push(opened)
        interfaces.set(opened, new Map([['extends', { description: '', type: parent ?? '' }]]))
      }
      if (/^\s*\/?\*/.test(line)) comment = `${/^\s*\/\*\*/.test(line) ? '' : comment} ${textOf(line)}`.trim()
      const [, name, type = ''] = /^\s+readonly (\$?\w+)\??: (.*)$/.exec(line) ?? []
      const owner = path.join('.')
      if (name !== undefined)
        interfaces.get(owner)?.set(name, { description: comment, type: typeName(type) ?? `${owner}.${name}` })
      if (name !== undefined && type.endsWith('{')) {
        path.push(name)
        interfaces.set(
          path.join('.'),
          new Map([['extends', { description: '', type: /^(\w+) & \{$/.exec(type)?.[1] ?? '' }]]),
        )
      }
      if (/^\s*\}$/.test(line)) path.pop()
    }
  }
  return interfaces
}

function textOf(line: string): string {
  return line.replace(/^\s*\/?\*+\/?\s?/, '').replace(/\s*\*\/$/, '')
}

/** The interface that a type names: what it is a list or a record of, too. */
function typeName(type: string): string | undefined {
  const names = [...type.matchAll(/\b[A-Z]\w+/g)].map(([name]) => name)
  return type.endsWith('{')
    ? undefined
    : (names.findLast(
        (name) => !['Record', 'Readonly', 'Partial', 'Scope', 'Endpoint', 'ListedEndpoints'].includes(name),
      ) ?? type)
}

const interfaces = readInterfaces()

function fieldOf(owner: string, name: string): Field | undefined {
  const fields = interfaces.get(owner)
  const parent = fields?.get('extends')?.type
  return fields?.get(name) ?? (parent ? fieldOf(parent, name) : undefined)
}

const kinds: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  number: { type: 'number' },
  strings: { type: 'array', items: { type: 'string' } },
  numbers: { type: 'array', items: { type: 'number' } },
  values: { type: 'array', items: { type: ['string', 'number', 'boolean', 'null'] } },
  map: { type: 'object', additionalProperties: { type: 'string' } },
}

function schemaOf(shape: Shape, owner: string): Schema {
  if (typeof shape === 'string') return shape === 'object' ? metadataSchema(owner) : kinds[shape]!
  if (Array.isArray(shape)) return shape.length === 1 ? { const: shape[0] as unknown } : { enum: shape }
  const fields = shape as Fields
  if (fields['*']) return { type: 'object', additionalProperties: schemaOf(fields['*'], owner) }
  if (fields['[]']) return { type: 'array', items: schemaOf(fields['[]'], owner) }
  const named = Object.entries(fields).filter(([, kind]) => kind !== 'function' && !holdsFunctions(kind))
  const required = named.filter(([name]) => name.endsWith('!')).map(([name]) => name.slice(0, -1))
  return {
    type: 'object',
    properties: Object.fromEntries(
      named.map(([name, kind]) => {
        const field = fieldOf(owner, name.replace('!', ''))
        return [name.replace('!', ''), describe(field, schemaOf(kind, field?.type ?? ''))]
      }),
    ),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  }
}

function holdsFunctions(shape: Shape): boolean {
  return typeof shape === 'object' && !Array.isArray(shape) && Object.values(shape as Fields).includes('function')
}

function describe(field: Field | undefined, schema: Schema): Schema {
  return field?.description ? { description: field.description, ...schema } : schema
}

/** An RFC 8414 document may say more than we know. */
function metadataSchema(owner: string): Schema {
  const fields = [...(interfaces.get(owner) ?? [])].filter(([name]) => name !== 'extends')
  const kindOf = (type: string) =>
    type === 'boolean' ? { type } : type === 'string' ? kinds['string']! : kinds['strings']!
  return {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, field]) => [name, describe(field, kindOf(field.type))])),
    required: ['token_endpoint'],
  }
}

/** The JSON schema of a definition. */
export function providerSchema(): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A provider of Grantkit',
    ...schemaOf(definitionShape, 'ProviderDefinition'),
  }
}

if (import.meta.main) writeFileSync(schemaFile, `${JSON.stringify(providerSchema(), undefined, 2)}\n`)
