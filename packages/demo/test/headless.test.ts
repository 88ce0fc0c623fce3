import { expect, test } from 'vitest'
import { startProcess } from './support/process.ts'

test('--headless runs every step, one line each, and exits with 0', async () => {
  await using demo = startProcess(['--headless'])
  expect(await demo.ended).toBe(0)
  const { out, error } = demo.output()
  expect(error).toBe('')
  const lines = out.split('\n').filter((line) => line.startsWith('✓'))
  expect(lines.map((line) => line.slice(2, 22).trim())).toStrictEqual([
    'authorization URL',
    'callback',
    'exchange',
    'profile',
    'track',
    'refresh',
    'client credentials',
    'custom grant',
  ])
  expect(lines[0]).toContain('state=…&code_challenge=…')
  expect(lines[1]).toContain('code=[redacted]&state=…')
  expect(lines[2]).toContain('Token Bearer [redacted], valid for 60 minutes')
  expect(lines[5]).toContain('a new access token')
})

test('--headless prints no secret', async () => {
  await using demo = startProcess(['--headless'], { first: 'record-fetch.ts' })
  expect(await demo.ended).toBe(0)
  const secrets = demo.messages.flatMap((message) => secretsIn(message as readonly (string | null)[]))
  expect(secrets.length).toBeGreaterThan(12)
  for (const secret of secrets) expect(demo.output().out).not.toContain(secret)
})

test('--headless does not use SPOTIFY_CLIENT_ID, and says so', async () => {
  await using demo = startProcess(['--headless'], { environment: { SPOTIFY_CLIENT_ID: 'my-client' } })
  expect(await demo.ended).toBe(0)
  expect(demo.output().out).toMatch(/^SPOTIFY_CLIENT_ID is not used here/)
})

test('a failing --headless shows the step, the reason, the code and the action, and exits with 1', async () => {
  await using demo = startProcess(['--headless'], { first: 'refuse-fetch.ts' })
  expect(await demo.ended).toBe(1)
  const { out, error } = demo.output()
  expect(out).toMatch(/✓ callback .*\n✗ exchange +failed\n$/)
  expect(error.trim()).toMatch(
    /^spotify at 127\.0\.0\.1:\d+\/api\/token could not be reached, .*: connect ECONNREFUSED \(code network_error, action retry\)$/,
  )
})

/** Tokens, codes, verifiers and credentials, in a request and its response. */
function secretsIn([authorization, body, response]: readonly (string | null)[]): string[] {
  const names = ['code', 'code_verifier', 'refresh_token', 'access_token', 'pre-authorized_code']
  const form = new URLSearchParams(body ?? '')
  const json = JSON.parse(response ?? '') as Record<string, unknown>
  const values = names.flatMap((name) => [form.get(name), json[name]])
  return [authorization?.split(' ')[1], ...values].filter((value) => typeof value === 'string')
}
