/**
 * Login, callback and logout of a web app as handlers from `Request` to `Response`, with sealed cookies.
 *
 * @packageDocumentation
 */
export { webLogin, type WebLogin } from './web-login.ts'
export type { BeginOptions, CompletedLogin, EndOptions, WebFailure, WebLoginOptions } from './options.ts'
export type { Session } from './session.ts'
export type { NodeRequestLike, RequestLike } from './cookies/read.ts'
export type { OnWebEvent, WebEvent, WebEventType } from './events.ts'
