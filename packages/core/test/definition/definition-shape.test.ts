import type { ProviderDefinition, ProviderHooks } from '@grantkit/core'
import { expectTypeOf, test } from 'vitest'
import type { definitionShape } from '../../src/definition/check/shape.ts'

interface Kinds {
  readonly string: string
  readonly number: number
  readonly strings: readonly string[]
  readonly numbers: readonly number[]
  readonly values: readonly (string | number | boolean | null)[]
  readonly map: Readonly<Record<string, string>>
  readonly object: object
  readonly function: (...input: never[]) => unknown
}

type Flat<T> = { readonly [Name in keyof T]: T[Name] }
type Required<S> = { readonly [Name in keyof S as Name extends `${infer Bare}!` ? Bare : never]: Typed<S[Name]> }
type Optional<S> = { readonly [Name in keyof S as Name extends `${string}!` ? never : Name]?: Typed<S[Name]> }

/** The type that a shape describes. */
type Typed<S> = S extends keyof Kinds
  ? Kinds[S]
  : S extends readonly (infer Value)[]
    ? Value
    : S extends { readonly '*': infer Member }
      ? Readonly<Record<string, Typed<Member>>>
      : S extends { readonly '[]': infer Item }
        ? readonly Typed<Item>[]
        : Flat<Required<S> & Optional<S>>

/** Every name of every object in a type, by its path. */
type Paths<T, Before extends string = ''> = T extends readonly unknown[] | string | number | boolean | null
  ? never
  : T extends (...input: never[]) => unknown
    ? never
    : T extends object
      ? string extends keyof T
        ? Paths<T[keyof T], `${Before}*.`>
        : {
            [Name in keyof T & string]: `${Before}${Name}` | Paths<NonNullable<T[Name]>, `${Before}${Name}.`>
          }[keyof T & string]
      : never

type Described = Typed<typeof definitionShape>
type Declared = Omit<ProviderDefinition, 'metadata' | 'hooks' | 'sources'>

test('what is checked at run time is what the types say, field by field', () => {
  expectTypeOf<Paths<Omit<Described, 'metadata' | 'hooks' | 'sources'>>>().toEqualTypeOf<Paths<Declared>>()
  expectTypeOf<Omit<Described, 'metadata' | 'hooks'>>().toExtend<Omit<ProviderDefinition, 'metadata' | 'hooks'>>()
  expectTypeOf<Omit<ProviderDefinition, 'metadata' | 'hooks'>>().toExtend<Omit<Described, 'metadata' | 'hooks'>>()
  expectTypeOf<keyof NonNullable<Described['hooks']>>().toEqualTypeOf<keyof ProviderHooks>()
  expectTypeOf<keyof Described>().toEqualTypeOf<keyof ProviderDefinition>()
})
