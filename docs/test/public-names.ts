import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const packages = join(import.meta.dirname, '../../packages')
const published = ['core', 'provider-spotify', 'providers', 'stores', 'web']

/** What the packages export, as the compiler sees it. */
export interface PublicNames {
  /** The entries, such as `@grantkit/core/node`. */
  readonly entries: ReadonlySet<string>
  /** The names that some entry exports. */
  readonly exported: ReadonlySet<string>
  /** The names of fields, methods and options of all of these. */
  readonly members: ReadonlySet<string>
  /** The strings that some field or option may be, such as the codes of errors. */
  readonly literals: ReadonlySet<string>
  /** Whether an instance of an exported type, or the class itself, has a chain of properties. */
  has(type: string, chain: readonly string[], of?: 'instance' | 'class'): boolean
}

/** Reads the packages' own sources. */
export function publicNames(): PublicNames {
  const files = new Map(published.flatMap(entriesOf))
  const program = ts.createProgram([...files.values()], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    types: ['node'],
    typeRoots: [join(packages, '../node_modules/@types')],
    customConditions: ['@grantkit/source'],
  })
  const checker = program.getTypeChecker()
  const exported = new Map<string, ts.Symbol>()
  for (const path of files.values()) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(path) ?? missing(path)) ?? missing(path)
    for (const symbol of checker.getExportsOfModule(module)) exported.set(symbol.name, resolve(checker, symbol))
  }
  const { members, literals } = collect(checker, [...exported.values()])
  return { entries: new Set(files.keys()), exported: new Set(exported.keys()), members, literals, has }

  function has(type: string, chain: readonly string[], of = 'instance'): boolean {
    const symbol = exported.get(type) ?? missing(type)
    let found = of === 'class' ? checker.getTypeOfSymbol(symbol) : checker.getDeclaredTypeOfSymbol(symbol)
    return chain.every((name) => {
      const property = checker.getNonNullableType(found).getProperty(name)
      if (property) found = checker.getTypeOfSymbol(property)
      return property !== undefined
    })
  }
}

function entriesOf(name: string): [string, string][] {
  const manifest = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))
  const targets = Object.entries<{ '@grantkit/source'?: string }>(manifest.exports)
  return targets.flatMap(([path, { '@grantkit/source': source }]) =>
    source === undefined ? [] : [[join(manifest.name, path), join(packages, name, source)] as [string, string]],
  )
}

function resolve(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

/** Walks through the types of what is exported: their properties, the parameters of their methods, and so on. */
function collect(checker: ts.TypeChecker, roots: readonly ts.Symbol[]) {
  const members = new Set<string>()
  const literals = new Set<string>()
  const seen = new Set<ts.Type>()
  const queue = roots.flatMap((root) => [checker.getDeclaredTypeOfSymbol(root), checker.getTypeOfSymbol(root)])
  for (let type = queue.pop(); type; type = queue.pop()) {
    if (seen.has(type)) continue
    seen.add(type)
    if (type.isStringLiteral()) literals.add(type.value)
    if (type.isUnionOrIntersection()) queue.push(...type.types)
    for (const property of type.getProperties().filter(isOwn)) {
      members.add(property.name)
      queue.push(checker.getTypeOfSymbol(property))
    }
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()])
      queue.push(
        ...signature.parameters.filter(isOwn).map((one) => checker.getTypeOfSymbol(one)),
        signature.getReturnType(),
      )
  }
  return { members, literals }
}

/** Whether it was declared in the packages, and not by the language or a dependency. */
function isOwn({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((one) => /\/packages\/[\w-]+\/src\//.test(one.getSourceFile().fileName))
}

function missing(what: string): never {
  throw new Error(`${what} is not what the packages export`)
}
