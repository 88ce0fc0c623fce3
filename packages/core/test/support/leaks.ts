/** A string that a value shows, and where. */
export type Shown = readonly [where: string, text: string]

/** What every made-up secret of the suite has in it, so that it is found wherever it turns up, whole or in part. */
export const marker = 'canary'

/** Finds a secret in a string. */
type Find = (text: string) => string | undefined

/** Where a value shows a secret: the marker in any form in which it travels, or one of these. */
export function leaksIn(name: string, value: unknown, secrets: Iterable<string> | Find = []): readonly string[] {
  return leaksInTexts(shownBy(name, value), secrets)
}

/** The same for something whose properties are meant to be read, such as a token: only what is printed of it counts. */
export function leaksInPrint(name: string, value: object, secrets: Iterable<string> | Find = []): readonly string[] {
  return leaksInTexts(printed(name, value), secrets)
}

function leaksInTexts(texts: Iterable<Shown>, secrets: Iterable<string> | Find): readonly string[] {
  const find = typeof secrets === 'function' ? secrets : finderOf(secrets)
  const found = new Set<string>()
  for (const [where, text] of texts) {
    const form = marked.exec(text)?.[0] ?? find(text)
    if (form !== undefined) found.add(`${where} holds ${form.slice(0, 40)}`)
  }
  return [...found]
}

/** Prepares to look for secrets in many strings. */
export function finderOf(secrets: Iterable<string>): Find {
  const forms = [...new Set([...secrets].filter((secret) => secret.length >= shortest).flatMap(formsOf))]
  if (forms.length < 200) return (text) => forms.find((form) => text.includes(form))
  const starts = new Map<string, string[]>() // a test of many requests has thousands, too many to look for one by one
  for (const form of forms) {
    const start = form.slice(0, shortest)
    starts.set(start, [...(starts.get(start) ?? []), form])
  }
  return (text) => {
    for (let at = 0; at <= text.length - shortest; at++) {
      const form = starts.get(text.slice(at, at + shortest))?.find((candidate) => text.startsWith(candidate, at))
      if (form !== undefined) return form
    }
    return undefined
  }
}

/** What is shorter would be found in ordinary words, and a random string of four letters in the name of some function. */
const shortest = 8

const marked = new RegExp([marker, ...base64Of(marker)].join('|'), 'i')

/** A secret as it is, form-encoded, percent-encoded, escaped for JSON, and in base64. */
function formsOf(secret: string): readonly string[] {
  const form = new URLSearchParams([['', secret]]).toString().slice(1)
  const escaped = JSON.stringify(secret).slice(1, -1)
  return [secret, form, form.replaceAll('+', '%20'), encodeURIComponent(secret), escaped, ...base64Of(secret)]
}

/** What is certain of the base64 of a string, whatever stands before and after it: there are three ways to begin. */
function base64Of(text: string): readonly string[] {
  if (text.length < 6) return []
  const bytes = String.fromCharCode(...new TextEncoder().encode(text.slice(0, 1000)))
  const parts = [0, 1, 2].map((before) => {
    const encoded = btoa(' '.repeat(before) + bytes)
    const end = Math.floor(((before + bytes.length) * 8) / 6)
    return encoded.slice(Math.ceil((before * 8) / 6), end)
  })
  return parts.flatMap((part) => [part, part.replaceAll('+', '-').replaceAll('/', '_')])
}

type Inspect = (value: unknown, options?: object) => string

/** Not in a browser. */
const inspect = (
  globalThis as { process?: { getBuiltinModule?: (name: string) => { inspect?: Inspect } | undefined } }
).process?.getBuiltinModule?.('node:util')?.inspect

/** Everything that could end up in a log: as a string, as JSON, inspected down to the hidden properties, and walked property by property. */
function shownBy(name: string, value: unknown): readonly Shown[] {
  const walked = new Walk()
  walked.visit(name, value)
  return [
    ...printed(name, value),
    [`JSON.stringify(${name})`, attempt(() => JSON.stringify(value)) ?? ''],
    ...walked.texts,
  ]
}

function printed(name: string, value: unknown): readonly Shown[] {
  const texts: Shown[] = [
    [`String(${name})`, attempt(() => String(value)) ?? ''],
    // oxlint-disable-next-line typescript/no-unnecessary-template-expression -- a template is what is asked about
    ['a template text', attempt(() => `${value as string}`) ?? ''],
  ]
  if (!inspect) return texts
  const deep = inspect(value, { depth: 20, showHidden: true, getters: true })
  return [...texts, [`inspect(${name})`, inspect(value)], [`inspect(${name}, deep)`, deep]]
}

const builtIn = new Set<unknown>([
  Object.prototype,
  Function.prototype,
  Array.prototype,
  String.prototype,
  Map.prototype,
  Set.prototype,
  Promise.prototype,
])

/** Finds every string that can be reached from a value: keys, symbols, hidden properties, what getters return, prototypes, causes. */
class Walk {
  readonly texts: Shown[] = []
  readonly #seen = new Set<unknown>()

  visit(where: string, value: unknown): void {
    if (typeof value === 'string' || typeof value === 'symbol') this.texts.push([where, String(value)])
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || this.#seen.has(value)) return
    this.#seen.add(value)
    this.#visitContents(where, value)
    for (let holder: object | null = value; holder && !builtIn.has(holder); holder = prototypeOf(holder))
      this.#visitMembers(where, value, holder)
  }

  #visitMembers(where: string, value: object, holder: object): void {
    for (const key of Reflect.ownKeys(holder)) {
      if (key === 'constructor' && holder !== value) continue // of a prototype: the class, which holds no data
      this.texts.push([`a name in ${where}`, String(key)])
      const member = attempt(() => Reflect.get(holder, key, value) as unknown)
      this.visit(`${where}.${String(key)}`, member)
    }
  }

  /** What is inside a value and not a property of it. */
  #visitContents(where: string, value: object): void {
    if (value instanceof Error) this.texts.push([`${where}.stack`, String(value.stack)])
    if (value instanceof URL || value instanceof URLSearchParams) this.texts.push([where, String(value)])
    if (ArrayBuffer.isView(value)) this.texts.push([where, attempt(() => new TextDecoder().decode(value)) ?? ''])
    const isCollection = value instanceof Map || value instanceof Set || value instanceof Headers
    if (isCollection) this.visit(`${where}[…]`, [...value])
  }
}

function prototypeOf(value: object): object | null {
  return Object.getPrototypeOf(value) as object | null
}

/** Some things cannot be read: a getter that throws, a string that cannot be made. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
