import type { View } from '../http/visitor.ts'

/** The message of an error page. */
export function messageOf({ text }: View): string {
  const [, message = text] = /<h1>[^<]*<\/h1>\s*<p>([^<]*)<\/p>/.exec(text) ?? []
  return decodeEntities(message)
}

/** The hidden fields of a form. */
export function fieldsOf({ text }: View): Readonly<Record<string, string>> {
  const inputs = text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, decodeEntities(value)]))
}

/** Where a form leads; undefined if to its own page. */
export function formActionOf({ text }: View): string | undefined {
  const [, action] = /<form[^>]* action="([^"]*)"/.exec(text) ?? []
  return action === undefined ? undefined : decodeEntities(action)
}

/** Text as it was before it was escaped. */
export function decodeEntities(markup: string): string {
  return markup.replace(/&(?:quot|#39|lt|gt|amp);/g, (entity) => characters[entity] ?? entity)
}

const characters: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
}
