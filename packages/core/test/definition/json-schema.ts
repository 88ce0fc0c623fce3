import { Ajv } from 'ajv'

const ajv = new Ajv({ allowUnionTypes: true })

/** A JSON schema, as far as tests look into `provider.schema.json`. */
export interface Schema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
}

/** Whether a value fits a schema. */
export function fits(value: unknown, schema: Schema): boolean {
  return ajv.validate(schema, value)
}
