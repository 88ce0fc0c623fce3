/** Safe markup: all external values in it are escaped. */
export interface Html {
  readonly markup: string
}

/** A template whose values are escaped, unless they are `Html` themselves. */
export function html(strings: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  return { markup: String.raw({ raw: strings }, ...values.map(toMarkup)) }
}

function toMarkup(value: string | Html | readonly Html[]): string {
  if (typeof value === 'string') return escape(value)
  return 'markup' in value ? value.markup : value.map((part) => part.markup).join('')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(value: string): string {
  return value.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}
