import type { Context } from 'oidc-provider'
import type { HttpResponse } from '../http/response.ts'

/** Shows a page of ours where the engine would show its own. */
export function show(context: Context, { headers = {}, body }: HttpResponse): void {
  context.set(headers)
  context.body = body
}
