import { GrantError, type OnEvent, Provider, type ProviderDefinition } from '@grantkit/core'
import { expect } from 'vitest'
import { hasLogin, type ProviderCheck, safeRedirectUri } from './check.ts'

const literal = 'http://127.0.0.1:8888/callback'
const localhost = 'http://localhost:8888/callback'
const custom = 'com.example.app:/callback'

/** How the rules of a preset treat redirect URIs. */
export const redirectUriChecks: readonly ProviderCheck[] = [
  {
    name: 'an https redirect URI is accepted; plain http, a fragment and a relative URI are refused',
    applies: hasLogin,
    check(preset) {
      expect(register(preset, safeRedirectUri)).toEqual([])
      refuses(preset, 'http://app.example/callback', { code: 'insecure_url', instead: safeRedirectUri })
      refuses(preset, `${safeRedirectUri}#top`, { instead: safeRedirectUri })
      refuses(preset, '/callback', { instead: safeRedirectUri })
    },
  },
  {
    name: 'its redirect URI rules are valid',
    applies: ({ redirectUri }) => redirectUri !== undefined,
    check({ redirectUri = {} }) {
      const {
        localhost: name = 'allowed',
        customScheme = 'allowed',
        loopback = 'allowed',
        paths = 'exact',
        hint = 'a hint',
        source,
        ...rest
      } = redirectUri
      expect(rest).toEqual({})
      expect(source, 'the source of the rules').toBeTypeOf('string')
      expect(hint, 'hint').toMatch(/^\S.*\S$/)
      expect(['allowed', 'refused'], 'localhost').toContain(name)
      expect(['allowed', 'refused'], 'loopback').toContain(loopback)
      expect(['allowed', 'discouraged', 'refused'], 'customScheme').toContain(customScheme)
      expect(['exact', 'below'], 'paths').toContain(paths)
    },
  },
  {
    name: 'http on a loopback literal is accepted, unless its rules require https',
    applies: hasLogin,
    check(preset) {
      if (preset.redirectUri?.loopback === 'refused') refuses(preset, literal, { instead: secured(literal) })
      else for (const uri of [literal, 'http://[::1]:8888/callback']) expect(register(preset, uri)).toEqual([])
    },
  },
  {
    name: 'localhost is accepted, unless its rules require a loopback literal',
    applies: hasLogin,
    check(preset) {
      const { localhost: name, loopback } = preset.redirectUri ?? {}
      if (name === 'refused')
        refuses(preset, localhost, { instead: loopback === 'refused' ? secured(literal) : literal })
      else if (loopback === 'refused') refuses(preset, localhost, { instead: secured(localhost) })
      else expect(register(preset, localhost)).toEqual([])
    },
  },
  {
    name: 'a custom scheme is accepted, unless its rules refuse or discourage it in favour of https',
    applies: hasLogin,
    check(preset) {
      const rule = preset.redirectUri?.customScheme
      if (rule === 'refused') refuses(preset, custom, { instead: 'https' })
      else if (rule === 'discouraged') expect(register(preset, custom)).toEqual([expect.stringContaining('https')])
      else expect(register(preset, custom)).toEqual([])
    },
  },
]

/** Registers a redirect URI. Returns the warnings. */
function register(preset: ProviderDefinition, redirectUri: string): string[] {
  const discouraged: string[] = []
  const onEvent: OnEvent = ({ type, message = '' }) => {
    if (type === 'discouraged') discouraged.push(message)
  }
  void new Provider(preset, { clientId: 'preset-client', redirectUri }, { onEvent })
  return discouraged
}

interface ExpectedRefusal {
  /** The error code; `config_invalid` by default. */
  readonly code?: string
  /** What the message suggests instead. */
  readonly instead: string
}

/** Expects a redirect URI to be refused with a message that says what to write instead. */
function refuses(
  preset: ProviderDefinition,
  redirectUri: string,
  { code = 'config_invalid', instead }: ExpectedRefusal,
): void {
  try {
    register(preset, redirectUri)
  } catch (error) {
    expect(error).toBeInstanceOf(GrantError)
    expect(error).toMatchObject({ code, message: expect.stringContaining(instead) as string })
    return
  }
  expect.unreachable(`${preset.name} should refuse ${redirectUri}`)
}

function secured(uri: string): string {
  return uri.replace('http:', 'https:')
}
