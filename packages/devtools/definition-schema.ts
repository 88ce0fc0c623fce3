import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format } from 'oxfmt'
import { createGenerator, type Schema } from 'ts-json-schema-generator'
import oxfmtOptions from './oxfmt.json' with { type: 'json' }
import { shapeOf } from './definition-schema.shape.ts'

// Writes provider.schema.json, for editors, and shape.ts, for `parseDefinition`, from the types of a definition.

/** What writes the files, for whoever reads one or has a stale one. */
export const command = 'node packages/devtools/definition-schema.ts'

const core = join(import.meta.dirname, '../core')

/** The JSON schema of a definition. Everything stands in its place, because editors show no description beside a reference. */
function definitionSchema(): Schema {
  const type = 'DefinitionInJson'
  const schema = createGenerator({
    path: join(import.meta.dirname, 'definition-schema.types.ts'),
    tsconfig: join(core, 'tsconfig.build.json'),
    skipTypeCheck: true, // tsc does that, and is a version ahead of the generator's
    expose: 'none',
    topRef: false,
    sortProps: false,
  }).createSchema(type)
  const { $schema = '', definitions = {}, ...root } = schema
  if (Object.keys(definitions).length > 0) throw new Error(`${type} refers to itself: shape.ts has no place for that`)
  return { $schema, title: 'A provider of Grantkit', ...root }
}

/** A file that is generated. */
interface Generated {
  readonly path: string
  readonly text: string
}

/** The files as they should be, formatted. */
export async function generate(): Promise<readonly Generated[]> {
  const schema = definitionSchema()
  const { lists, fields } = withSharedLists(JSON.stringify(shapeOf(schema)))
  const shape = `// Generated from the types of a definition: ${command}
import type { Shape } from './kinds.ts'

${lists}/** Every field of a \`ProviderDefinition\`, for what comes as JSON. */
export const definitionShape: Shape = ${fields}
`
  return [
    await formatted(join(core, 'provider.schema.json'), JSON.stringify(schema, undefined, 2)),
    await formatted(join(core, 'src/definition/check/shape.ts'), shape),
  ]
}

/** A long list of values that several fields have is written once, under the name of the first of them. */
function withSharedLists(shape: string): { readonly lists: string; readonly fields: string } {
  const names = new Map<string, string>()
  for (const [, field = '', list = ''] of shape.matchAll(/"(\w+)":(\["[^[\]]{60,}\])/g))
    if (!names.has(list) && shape.split(list).length > 2) names.set(list, `${field}s`)
  const lists = [...names].map(([list, name]) => `const ${name}: Shape = ${list}\n\n`).join('')
  return { lists, fields: [...names].reduce((text, [list, name]) => text.replaceAll(list, name), shape) }
}

async function formatted(path: string, source: string): Promise<Generated> {
  const { code: text, errors } = await format(path, source, oxfmtOptions)
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`)
  return { path, text }
}

if (import.meta.main)
  for (const { path, text } of await generate()) if (readFileSync(path, 'utf8') !== text) writeFileSync(path, text)
