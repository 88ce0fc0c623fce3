import { startAuthorizationServer } from '@grantkit/testing/server'
import { expect, test } from 'vitest'
import { Visitor, type View } from '../src/http/visitor.ts'
import { fieldsOf } from '../src/authorization/read-page.ts'
import { authorizationUrl } from './support.ts'

/** The pages for devices and of the logout, in the order in which a user sees them. */
async function pagesOf(url: string, authorizationUrlOfLogin: string, device: Record<string, string>): Promise<View[]> {
  const visitor = new Visitor()
  const login = await visitor.visit(authorizationUrlOfLogin)
  const next = async ({ url: from, location = '' }: View): Promise<View> => visitor.visit(new URL(location, from).href)
  const form = await next(login)
  await next(await visitor.visit(form.url, new URLSearchParams({ login: 'ada' })))
  const logout = await visitor.visit(`${url}/logout`)
  const code = await visitor.visit(`${url}/device`)
  const wrong = new URLSearchParams({ ...fieldsOf(code), user_code: '<made up>' })
  const again = await visitor.visit(`${url}/device`, wrong)
  const right = new URLSearchParams({ ...fieldsOf(again), user_code: device['user_code'] ?? '' })
  return [logout, code, again, await visitor.visit(`${url}/device`, right)]
}

test('the pages for devices and of the logout load nothing and run nothing', async () => {
  await using server = await startAuthorizationServer()
  const body = new URLSearchParams({ client_id: 'public-client', scope: 'read' })
  const response = await fetch(`${server.url}/device_authorization`, { method: 'POST', body })
  const device = (await response.json()) as Record<string, string>
  const views = await pagesOf(server.url, authorizationUrl(server).href, device)
  expect(views.map(({ text }) => /<h1>(.*)<\/h1>/.exec(text)?.[1])).toStrictEqual([
    'Log out',
    'Connect a device',
    'Connect a device',
    'Confirm the code',
  ])
  for (const { text } of views) {
    expect(text).not.toMatch(/<script|<img|<iframe|@import|url\(|src=|style=|\son[a-z]+=|<made up>/i)
    expect(text).toContain('Test authorization server')
  }
  expect(views.at(-1)?.text).toContain(device['user_code'])
})
