import { expect, test } from 'vitest'
import { rows } from './rows.ts'
import { callApi, logIn, reasonOf, refresh, refusedByApi, stageOf } from './stage.ts'

// Each row at a real server: a login, the token, a refresh, a call to an API, and what the row is about going wrong.

test.each(rows)('$name: a login, a refresh, a call and a refusal at a real server', async (row) => {
  const stage = await stageOf(row)
  const token = await logIn(stage)
  expect(token.hasScope('read')).toBe(true)
  expect(await row.check?.(token, stage)).not.toBe(false)
  expect(await callApi(stage, token)).toMatchObject({ status: 200, sub: 'ada' })
  const fresh = await refresh(stage, token)
  expect(fresh.accessToken).not.toBe(token.accessToken)
  expect(await callApi(stage, fresh)).toMatchObject({ status: 200, sub: 'ada' })
  const [expected, fails] = row.failure
  expect(await reasonOf(fails(stage))).toBe(expected)
})

test('resource: a token is for the resource that was asked for', async () => {
  const stage = await stageOf({ name: 'resource', failure: ['', async () => undefined] })
  const { url } = stage.server
  const token = await logIn(stage, { resource: `${url}/api` })
  expect(await callApi(stage, token)).toMatchObject({ status: 200, aud: `${url}/api` })
  expect(await callApi(stage, await refresh(stage, token))).toMatchObject({ status: 200, aud: `${url}/api` })
  const elsewhere = await logIn(stage, { resource: 'https://api.example/' })
  expect(await refusedByApi(stage, elsewhere)).toBe(401)
})
