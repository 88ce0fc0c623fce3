import { startFaultServer } from '@grantkit/testing/server'
import { describe, expect, test } from 'vitest'
import { raw } from './raw-http.ts'

describe('the record', () => {
  test('has the headers as sent', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { text: 'hello' })
    await raw(server, '/a?b=c')
    expect(await server.requests()).toStrictEqual([
      {
        method: 'GET',
        path: '/a',
        url: `http://127.0.0.1/a?b=c`,
        headers: { host: '127.0.0.1', 'x-case': 'Kept', connection: 'close' },
        rawHeaders: ['Host', '127.0.0.1', 'X-Case', 'Kept', 'Connection', 'close'],
        body: '',
        sent: 5,
      },
    ])
    await server.forget()
    expect(await server.requests()).toStrictEqual([])
  })

  test('has the body, and its form parameters', async () => {
    await using server = await startFaultServer()
    await fetch(`${server.url}/a`, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } })
    await fetch(`${server.url}/a`, { method: 'POST', body: new URLSearchParams({ a: 'b c' }) })
    const [json, form] = await server.requests()
    expect(json).toMatchObject({ method: 'POST', body: '{"a":1}' })
    expect(json).not.toHaveProperty('form')
    expect(form).toMatchObject({ body: 'a=b+c', form: { a: 'b c' } })
  })
})

describe('pages of another origin', () => {
  const preflight = {
    method: 'OPTIONS',
    headers: { origin: 'https://app.example', 'access-control-request-method': 'PUT' },
  }

  test('may read replies, and a preflight does not consume one', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { text: 'first' }, { text: 'second' })
    const allowed = await fetch(`${server.url}/a`, preflight)
    expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toStrictEqual([204, '*'])
    const response = await fetch(`${server.url}/a`)
    expect(await response.text()).toBe('first')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(response.headers.get('access-control-expose-headers')).toBe('*')
    expect(await server.requests()).toHaveLength(1)
  })

  test('may not read a reply that forbids it', async () => {
    await using server = await startFaultServer()
    await server.reply('/a', { text: 'mine', cors: false })
    for (const init of [preflight, {}])
      expect((await fetch(`${server.url}/a`, init)).headers.has('access-control-allow-origin')).toBe(false)
  })
})
