import { withoutCallback } from '@grantkit/core'
import { describe, expect, test } from 'vitest'

describe('a page without its callback', () => {
  test.each([
    ['a code', 'code=canary-code&state=xyz', ''],
    ['its issuer', 'code=canary-code&state=xyz&iss=https%3A%2F%2Fid.acme.example', ''],
    ['an error', 'error=access_denied&error_description=no&error_uri=https%3A%2F%2Fid.acme.example&state=xyz', ''],
    ['the state of a session', 'code=canary-code&state=xyz&session_state=abc', ''],
    ['what stands there twice', 'code=canary-1&state=xyz&code=canary-2', ''],
    ['nothing else', 'tab=1&code=canary-code&q=a+b&state=xyz', '?tab=1&q=a+b'],
  ])('has lost %s', (_, query, left) => {
    expect(withoutCallback(`https://app.example/page?${query}#top`).href).toBe(`https://app.example/page${left}#top`)
  })

  test('is a URL of its own: the one that was given stays as it was', () => {
    const given = new URL('https://app.example/?code=canary-code&state=xyz')
    expect(withoutCallback(given).search).toBe('')
    expect(given.search).toBe('?code=canary-code&state=xyz')
  })

  test('is the same page where there was no callback', () => {
    expect(withoutCallback('http://127.0.0.1:8888/page?tab=1').href).toBe('http://127.0.0.1:8888/page?tab=1')
  })
})

describe('a page whose callback is in its fragment', () => {
  test.each([
    ['#code=canary-code&id_token=canary-token&state=xyz', ''],
    ['#response=canary-response', ''],
    ['#error=login_required&state=xyz&tab=1', '#tab=1'],
    ['#/route?code=1', '#/route?code=1'],
    ['#code', '#code'],
  ])('%s leaves %j', (fragment, left) => {
    expect(withoutCallback(`https://app.example/page${fragment}`).href).toBe(`https://app.example/page${left}`)
  })
})
