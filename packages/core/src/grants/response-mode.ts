/** How a callback comes: in the query of the redirect URI, in its fragment, or as a form that the browser posts; with `jwt`, signed (OAuth 2.0 Multiple Response Types §2.1, Form Post, JARM §2.3). */
export type ResponseMode = 'query' | 'fragment' | 'form_post' | 'jwt' | 'query.jwt' | 'fragment.jwt' | 'form_post.jwt'

/** Every response mode. */
export const responseModes: readonly ResponseMode[] = [
  'query',
  'fragment',
  'form_post',
  'jwt',
  'query.jwt',
  'fragment.jwt',
  'form_post.jwt',
]

/** What was asked for of a callback. */
export interface RequestedResponse {
  /** The response type, where it is not `code` alone. */
  readonly responseType?: 'code id_token'
  /** The response mode, where one was asked for. */
  readonly responseMode?: ResponseMode
}

/** Whether the response has to be signed. */
export function isSigned({ responseMode }: RequestedResponse): boolean {
  return responseMode?.endsWith('jwt') === true
}

/** Whether the response is in the fragment: there is where an ID token comes by default. */
export function isInFragment({ responseType, responseMode = 'jwt' }: RequestedResponse): boolean {
  return responseMode.startsWith('fragment') || (responseMode === 'jwt' && responseType !== undefined)
}
