import type { Callback } from '@grantkit/core'

/** The parameters of a callback, in order. */
export type Pairs = readonly (readonly [name: string, value: string])[]

/** Each form in which a callback may be passed, the string first. */
export const callbackForms: Readonly<Record<string, (pairs: Pairs) => Callback>> = {
  'a string': (pairs) => `https://app.example/callback?${query(pairs)}`,
  'a path': (pairs) => `/callback?${query(pairs)}#fragment`,
  'a query': (pairs) => `?${query(pairs)}`,
  'a URL': (pairs) => new URL(`https://app.example/callback?${query(pairs)}`),
  URLSearchParams: (pairs) => new URLSearchParams(query(pairs)),
  FormData: (pairs) => {
    const form = new FormData()
    for (const [name, value] of pairs) form.append(name, value)
    return form
  },
  'a Request': (pairs) => new Request(`https://app.example/callback?${query(pairs)}`),
  'a POST': (pairs) =>
    new Request('https://app.example/callback?code=evil&state=evil', {
      method: 'POST',
      body: new URLSearchParams(query(pairs)),
    }),
  'a request of a framework': (pairs) => new FrameworkRequest(`/callback?${query(pairs)}`),
  'an object': (pairs) => Object.fromEntries(grouped(pairs)),
  'an object without a prototype': (pairs) => withPrototype(null, pairs),
  'an object whose prototype is empty': (pairs) => withPrototype(Object.create(null) as object, pairs),
}

/** As Express, Fastify and `node:http` have it, with more besides. */
class FrameworkRequest {
  readonly method = 'GET'
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  get url(): string {
    return this.#url
  }

  get query(): object {
    return { code: 'evil', state: 'evil' }
  }
}

function query(pairs: Pairs): string {
  return new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString()
}

/** As parsers do it: what comes more than once is an array. */
function grouped(pairs: Pairs): [string, string | string[]][] {
  const names = [...new Set(pairs.map(([name]) => name))]
  return names.map((name) => {
    const values = pairs.filter(([other]) => other === name).map(([, value]) => value)
    return [name, values.length === 1 ? values[0]! : values]
  })
}

function withPrototype(prototype: object | null, pairs: Pairs): Readonly<Record<string, unknown>> {
  const object = Object.create(prototype) as Record<string, unknown>
  for (const [name, value] of grouped(pairs))
    Object.defineProperty(object, name, { value, enumerable: true, writable: true, configurable: true })
  return object
}
