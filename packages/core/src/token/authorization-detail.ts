import { isObject } from '../wire/json.ts'
import { isJson } from './plain.ts'

/** One permission that is requested or was granted, in detail (RFC 9396 §2). What it has beside its type is up to the provider's API. */
export interface AuthorizationDetail {
  /** What kind of permission it is, such as `payment_initiation`; it decides about the other fields. */
  readonly type: string
  /** The other fields, as the provider documents them. */
  readonly [field: string]: unknown
}

/** Whether a value is a list of such permissions: JSON objects with a type. */
export function isAuthorizationDetails(value: unknown): value is readonly AuthorizationDetail[] {
  return Array.isArray(value) && value.every(isDetail)
}

function isDetail(value: unknown): boolean {
  return isObject(value) && typeof value['type'] === 'string' && value['type'] !== '' && isJson(value)
}
