import type { ErrorDeviations } from '../../definition/response-deviations.ts'
import type { OAuthResponse } from '../../transport/transport.ts'
import { readOAuthError } from '../oauth-error.ts'
import { at } from './path.ts'
import type { Used } from './used.ts'

/** A response as the strict core reads it. */
export interface NormalisedResponse extends OAuthResponse {
  /** Whether it is an error, whatever its status. */
  readonly failed?: boolean
  /** What the provider's error code means, as a code of RFC 6749 §5.2. */
  readonly means?: string | undefined
}

/** The response as an error of RFC 6749 §5.2, if the definition says that it is one. */
export function normaliseError(
  { response, fields }: { readonly response: OAuthResponse; readonly fields: unknown },
  rules: ErrorDeviations,
  used: Used,
): NormalisedResponse | undefined {
  const {
    code: codePath = 'error',
    description: descriptionPath = 'error_description',
    success = [],
    codes = {},
  } = rules
  const code = at(fields, codePath)
  const failing = response.status >= 400 || rules.status === 200
  if (!failing || !isCode(code) || success.includes(code)) return undefined
  const description = at(fields, descriptionPath)
  const means = Object.hasOwn(codes, String(code)) ? codes[String(code)] : undefined
  if (response.status < 400) used('tokenResponse.error.status')
  if (rules.code !== undefined) used('tokenResponse.error.code')
  if (rules.description !== undefined && description !== undefined) used('tokenResponse.error.description')
  if (means !== undefined) used(`tokenResponse.error.codes.${code}`)
  const error = { error: String(code), error_description: typeof description === 'string' ? description : undefined }
  return { ...response, body: JSON.stringify(error), failed: true, means }
}

/** The response with the error that its status stands for, where the definition says so and the response has no error of its own. */
export function errorOfStatus(
  response: NormalisedResponse,
  { errors = {}, place }: { readonly errors: Readonly<Record<string, string>> | undefined; readonly place: string },
  used: Used,
): NormalisedResponse {
  const { status, failed } = response
  const error = Object.hasOwn(errors, status) ? errors[status] : undefined
  if (error === undefined || failed || readOAuthError(response)) return response
  used(`${place}.${status}`)
  return { ...response, body: JSON.stringify({ error }), failed: true }
}

function isCode(code: unknown): code is string | number {
  return typeof code === 'number' || (typeof code === 'string' && code !== '')
}
