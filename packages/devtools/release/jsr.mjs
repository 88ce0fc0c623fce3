// Whether a package could go to JSR as well: it takes the sources, as ES modules, with every exported type written out.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve } from 'node:path'

/**
 * @typedef {import('./packages.mjs').Manifest} Manifest
 * @typedef {{ name: string, version: string, license: string, exports: Record<string, string>, imports: Record<string, string>,
 *   publish: { include: string[] } }} JsrConfiguration
 */

/** The `jsr.json` of a package. @param {Manifest} manifest @returns {JsrConfiguration} */
export function jsrConfiguration({ name, version, license, exports, dependencies, peerDependencies }) {
  const entries = Object.entries(exports).flatMap(([path, target]) => {
    const source = typeof target === 'string' ? undefined : target['@grantkit/source']
    return source === undefined ? [] : [[path, source]]
  })
  const imports = Object.entries({ ...dependencies, ...peerDependencies }).flatMap(([dependency, range]) => {
    const registry = dependency.startsWith('@grantkit/') ? 'jsr' : 'npm'
    const specifier = `${dependency}@${range.replace(/^workspace:\^$/, `^${version}`)}`
    return [
      [dependency, `${registry}:${specifier}`],
      [`${dependency}/`, `${registry}:/${specifier}/`],
    ]
  })
  const publish = { include: ['src', 'README.md', 'LICENSE'] }
  return { name, version, license, exports: Object.fromEntries(entries), imports: Object.fromEntries(imports), publish }
}

/** Every source file that the entries reach. @param {string} folder @param {string[]} entries @returns {string[]} */
export function reachableSources(folder, entries) {
  /** @type {Set<string>} */
  const seen = new Set()
  const queue = entries.map((entry) => resolve(folder, entry))
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file) || !existsSync(file)) continue
    seen.add(file)
    for (const specifier of specifiersOf(readFileSync(file, 'utf8')))
      if (specifier.startsWith('.')) queue.push(resolve(dirname(file), specifier))
  }
  return [...seen]
}

/** What a module imports. @param {string} source @returns {string[]} */
function specifiersOf(source) {
  const code = source.replaceAll(/^\s*(?:\*|\/\*\*|\/\/).*$/gm, '')
  return [...code.matchAll(/(?:\bfrom |\bimport |\bimport\()'([^'\n]+)'/g)].map(([, specifier = '']) => specifier)
}

/** What JSR would refuse in the sources of a package. @param {string} folder @param {JsrConfiguration} configuration @returns {string[]} */
export function problemsForJsr(folder, { exports, imports }) {
  const entries = Object.values(exports)
  if (entries.length === 0) return ['no entry of exports names its source']
  return [
    ...entries.filter((entry) => !existsSync(join(folder, entry))).map((entry) => `${entry} does not exist`),
    ...reachableSources(folder, entries).flatMap((file) => problemsOfSource(folder, file, imports)),
  ]
}

/** @param {string} folder @param {string} file @param {Record<string, string>} imports @returns {string[]} */
function problemsOfSource(folder, file, imports) {
  const source = readFileSync(file, 'utf8')
  const isKnown = (/** @type {string} */ specifier) =>
    Object.keys(imports).some((name) => specifier === name || (name.endsWith('/') && specifier.startsWith(name)))
  const problems = specifiersOf(source).flatMap((specifier) => {
    if (specifier.startsWith('.'))
      return existsSync(resolve(dirname(file), specifier)) ? [] : [`imports ${specifier}, which is not a file`]
    return specifier.startsWith('node:') || isKnown(specifier)
      ? []
      : [`imports ${specifier}, which is not a dependency`]
  })
  if (/^\s*declare (?:global|module)\b/m.test(source)) problems.push('changes types outside its own module')
  if (/^\s*(?:export =|import \w+ = require\()/m.test(source)) problems.push('is written as CommonJS')
  return problems.map((problem) => `${posix.normalize(relative(folder, file))} ${problem}`)
}

/**
 * Other errors of the compiler, and declarations whose type it had to infer (TS9005 to TS9039), and that the public types mention.
 * @param {string} output what tsc printed with `isolatedDeclarations`
 * @param {(path: string) => string} read reads a source of the package
 * @param {readonly { path: string, text: string }[]} declarations the declaration files that the entries reach
 * @returns {string[]}
 */
export function slowTypes(output, read, declarations) {
  const found = [...output.matchAll(/^(\S+?)\((\d+),\d+\): error TS90\d\d: /gm)].map(([, path = '', line = '']) => {
    const before = read(path).split('\n').slice(0, Number(line)).join('\n')
    const name =
      [...before.matchAll(/^(?:export )?(?:abstract )?(?:const|let|function|class) (\w+)/gm)].at(-1)?.[1] ?? ''
    return { path, name }
  })
  const others = output.split('\n').filter((line) => /error TS(?!90\d\d: )/.test(line))
  return [
    ...others,
    ...new Set(found.filter(isPublic).map(({ path, name }) => `${path}: ${name} needs an explicit type`)),
  ]

  /** @param {{ path: string, name: string }} slow */
  function isPublic({ path, name }) {
    const own = path.replace(/^src\//, '').replace(/\.ts$/, '.d.ts')
    const mentions = new RegExp(`\\b${name}\\b`)
    return declarations.some(({ path: other, text }) => mentions.test(other === own ? withoutOwn(text, name) : text))
  }
}

/** A declaration file without the declaration of a name itself. @param {string} text @param {string} name */
function withoutOwn(text, name) {
  return text
    .replaceAll(/\/\*\*[^]*?\*\//g, '')
    .replace(new RegExp(`^export (?:declare )?(?:const|function) ${name}\\b`, 'm'), '')
}
