/** A JSON schema, as far as `provider.schema.json` uses one. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
}

/** Whether a value fits a schema (JSON Schema 2020-12). */
export function fits(value: unknown, rules: Schema): boolean {
  if ('const' in rules) return value === rules.const
  if (rules.enum) return rules.enum.includes(value)
  const kind = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  if (rules.type !== undefined && ![rules.type].flat().includes(kind)) return false
  if (Array.isArray(value)) return value.every((item) => fits(item, rules.items ?? {}))
  if (kind !== 'object') return true
  const members = Object.entries(value as object) as [string, unknown][]
  return (
    (rules.required ?? []).every((name) => Object.hasOwn(value as object, name)) &&
    members.every(([name, member]) => {
      const known = rules.properties?.[name] ?? rules.additionalProperties ?? true
      return typeof known === 'boolean' ? known : fits(member, known)
    })
  )
}
