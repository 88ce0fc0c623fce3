import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Schema } from 'ts-json-schema-generator'
import { describe, expect, test } from 'vitest'
import { shapeOf } from '../definition-schema.shape.ts'
import { command, generate } from '../definition-schema.ts'

const generated = await generate()

test('two files are generated: the schema for editors, and what parseDefinition checks', () => {
  expect(generated.map(({ path }) => basename(path))).toEqual(['provider.schema.json', 'shape.ts'])
  expect(generated[1]?.text.split('\n')[0]).toBe(`// Generated from the types of a definition: ${command}`)
})

test.each(generated)(`$path is what the types say: ${command}`, ({ path, text }) => {
  expect(readFileSync(path, 'utf8')).toBe(text)
})

describe('a shape says what a schema does', () => {
  test.each<[Schema, unknown]>([
    [{ type: 'string', description: 'A name.' }, 'string'],
    [{ type: 'number' }, 'number'],
    [{ type: 'boolean' }, 'boolean'],
    [{ type: 'boolean', const: true }, [true]],
    [{ type: 'string', enum: ['a', 'b'] }, ['a', 'b']],
    [{ anyOf: [{ enum: ['a', 'b'] }, { const: 'c' }] }, ['a', 'b', 'c']],
    [{ type: ['string', 'number', 'boolean', 'null'] }, 'scalar'],
    [{ type: 'array', items: { type: 'string' } }, { '[]': 'string' }],
    [{ type: 'object', additionalProperties: { type: 'string' } }, { '*': 'string' }],
    [
      { type: 'object', properties: { a: {} }, additionalProperties: { description: 'Anything.' } },
      { a: 'any', '*': 'any' },
    ],
    [
      { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false },
      { 'a!': 'string' },
    ],
  ])('%j', (schema, shape) => expect(shapeOf(schema)).toEqual(shape))

  test.each<[Schema, string]>([
    [{ $comment: '() => void' }, 'the definition: kinds.ts has no kind for {"$comment":"() => void"}'],
    [{ $ref: '#/definitions/A' }, 'the definition: kinds.ts has no kind for {"$ref":'],
    [
      { type: 'object', properties: { a: { type: 'null' } }, additionalProperties: false },
      'the definition.a: kinds.ts has',
    ],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, 'the definition: kinds.ts has no kind for one of several'],
    [{ allOf: [{ type: 'string' }] }, 'the definition: kinds.ts has no kind for'],
  ])('or there is none: %j', (schema, message) => expect(() => shapeOf(schema)).toThrow(message))
})
