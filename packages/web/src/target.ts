/** The path and query of a request, without its host: that may be anything, even nothing that a URL can hold. */
export function targetOf({ url }: Pick<Request, 'url'>): { readonly path: string; readonly search: string } {
  const [, path = '', search = ''] = /^(?:[a-z]+:\/\/[^/?#]*)?([^?#]*)(\?[^#]*)?/i.exec(url) ?? []
  return { path, search }
}

/** The values of a parameter in the query of a request. */
export function queryOf(request: Pick<Request, 'url'>, name: string): readonly string[] {
  return new URLSearchParams(targetOf(request).search).getAll(name)
}
