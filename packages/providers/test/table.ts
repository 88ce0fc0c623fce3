import type { ProviderDefinition } from '@grantkit/core'
import { readFileSync, writeFileSync } from 'node:fs'
import { presets } from './presets.ts'

// Writes what each preset can do into docs/guide/presets.md, from its data.

/** What writes the table. */
export const command = 'node packages/providers/test/table.ts'

/** The page with the table. */
export const page = new URL('../../../docs/guide/presets.md', import.meta.url)

const unknown = '–'
const day = 24 * 60 * 60

/** The columns, with what stands in each. */
const columns: Readonly<Record<string, (preset: ProviderDefinition) => string>> = {
  preset: ({ name }) => `\`${labelOf(name)}\``,
  PKCE: ({ pkce, metadata }) =>
    pkce ?? metadata.code_challenge_methods_supported?.find((name) => name === 'S256') ?? unknown,
  refresh: ({ metadata, refreshToken, grants }) => {
    const { grant_types_supported: listed } = metadata
    const isListed = Array.isArray(listed) && listed.includes('refresh_token')
    return isListed || refreshToken || grants?.['refresh_token'] ? 'yes' : unknown
  },
  'new refresh token': ({ refreshToken }) => refreshToken?.rotation ?? unknown,
  'its lifetime': lifetime,
  revocation: ({ metadata, revocation }) =>
    metadata.revocation_endpoint || revocation?.endpoint ? (revocation?.tokens ?? 'both').replace('_', ' ') : unknown,
  device: ({ metadata }) => (metadata.device_authorization_endpoint ? 'yes' : unknown),
  'ID token': ({ metadata }) =>
    metadata.scopes_supported?.includes('openid')
      ? (metadata.id_token_signing_alg_values_supported ?? ['RS256']).join(', ')
      : unknown,
  issuer: ({ metadata }) => (metadata.issuer ? 'yes' : unknown),
  unverified: ({ unverified = [] }) => unverified.map(({ fact }) => `\`${fact}\``).join(', ') || unknown,
}

/** The name of a preset, without the tenant. */
function labelOf(name: string): string {
  return name.match(/^(?:slack-user|slack-sign-in|tiktok-desktop)$/)?.[0] ?? name.replace(/-.*/, '')
}

function lifetime({ refreshToken: { idleLifetime, absoluteLifetime } = {} }: ProviderDefinition): string {
  const limits = [
    ...(idleLifetime ? [`${idleLifetime / day} days unused`] : []),
    ...(absoluteLifetime ? [`${absoluteLifetime / day} days in all`] : []),
  ]
  return limits.join(', ') || unknown
}

/** The table, one row for each preset, and one for all tenants of it. */
export function table(): string {
  const rows = new Map<string, readonly string[]>()
  for (const preset of presets) {
    const label = labelOf(preset.name)
    if (!rows.has(label))
      rows.set(
        label,
        Object.values(columns).map((cell) => cell(preset)),
      )
  }
  const names = Object.keys(columns)
  const lines = [names, names.map(() => '---'), ...rows.values()]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** The part of the page that is the table, and what surrounds it. */
export function parts(text: string): readonly [before: string, table: string, after: string] {
  const [, before = '', found = '', after = ''] = /^([\s\S]*?\n)(\| preset +\|(?:.*\|\n)+)([\s\S]*)$/.exec(text) ?? []
  return [before, found, after]
}

if (import.meta.main) {
  const [before, , after] = parts(readFileSync(page, 'utf8'))
  writeFileSync(page, `${before}${table()}\n${after}`)
}
