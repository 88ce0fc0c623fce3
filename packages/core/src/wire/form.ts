import { GrantError } from '../errors/grant-error.ts'
import { kindOf, quote } from '../errors/quote.ts'

/** Parameters of a request by name; what is undefined or empty is not sent (RFC 6749 §3.1). */
export type RequestValues = Readonly<Record<string, string | readonly string[] | undefined>>

/** The form of some parameters; an array repeats its name, what is undefined or empty is left out (RFC 6749 §3.1). Throws `config_invalid` for a value that is not a string. */
export function formOf(values: RequestValues): URLSearchParams {
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(values))
    for (const item of Array.isArray(value) ? value : [value]) if (checkValue(name, item)) form.append(name, item)
  return form
}

/** Whether a value is sent: a non-empty string. Throws `config_invalid` for anything that is not a string. */
function checkValue(name: string, value: unknown): value is string {
  if (value === undefined || value === null || value === '') return false
  if (typeof value === 'string') return true
  throw notAString(name, value)
}

/** The error for a parameter that is not a string. The value may be a PIN or an assertion, so only its kind is shown. */
export function notAString(name: string, value: unknown): GrantError {
  const kind = Array.isArray(value) ? 'an array whose items are not all strings' : kindOf(value)
  return new GrantError('config_invalid', `the parameter ${quote(name)} is ${kind}: write a string`)
}

/** Encodes one string as a form does (RFC 6749 App. B). */
export function encodeForm(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}

/** More fields than any form that is meant for us has. */
const mostFields = 1000

/** The fields of a form, in order, 1,000 at most, in time linear in its length: `URLSearchParams` takes a second for some forms of 1 MiB. */
export function parseForm(text: string): readonly (readonly [name: string, value: string])[] {
  return text.split('&', mostFields).map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return [decodeForm(name), decodeForm(value.join('='))]
  })
}

/** Decodes one string of a form; what is not encoded correctly stays as it is. */
function decodeForm(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}
