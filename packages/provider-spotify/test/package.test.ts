import { gzipSync } from 'node:zlib'
import { type OutputChunk, rolldown } from 'rolldown'
import { expect, test } from 'vitest'
import { spotify } from '../src/index.ts'

const source = new URL('../src/index.ts', import.meta.url).pathname

/** Bundles one export of the package, or all of them, as an application would. */
async function bundle(code: string): Promise<OutputChunk> {
  const application = {
    name: 'application',
    resolveId: (id: string) => (id === 'application' ? id : null),
    load: (id: string) => (id === 'application' ? code : null),
  }
  const build = await rolldown({ input: 'application', plugins: [application], platform: 'neutral' })
  const { output } = await build.generate({ format: 'esm', minify: true })
  expect(output).toHaveLength(1)
  return output[0]
}

test('the package imports nothing at run time, and is small', async () => {
  const { imports, dynamicImports, code } = await bundle(`export * from '${source}'`)
  expect([...imports, ...dynamicImports]).toEqual([])
  expect(code).not.toMatch(/\bimport\b|\brequire\b/)
  expect(gzipSync(code).length).toBeLessThan(3_000)
})

test('who imports the definition only does not carry the operations', async () => {
  const { code } = await bundle(`export { spotify } from '${source}'`)
  expect(code).not.toContain('GET /me')
  expect(gzipSync(code).length).toBeLessThan(1_700)
})

test('the adapter of the SDK imports nothing at run time either, not even the SDK', async () => {
  const { imports, dynamicImports, code } = await bundle(`export * from '${source.replace('index.ts', 'sdk.ts')}'`)
  expect([...imports, ...dynamicImports]).toEqual([])
  expect(gzipSync(code).length).toBeLessThan(1_000)
})

test('the definition says what Spotify documents, and has nothing to discover', () => {
  expect(spotify.metadata).toEqual({
    authorization_endpoint: 'https://accounts.spotify.com/authorize',
    token_endpoint: 'https://accounts.spotify.com/api/token',
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    code_challenge_methods_supported: ['S256'],
  })
  expect(spotify.apiOrigins).toEqual(['https://api.spotify.com'])
  expect(spotify.refreshToken).toMatchObject({ rotation: 'sometimes', absoluteLifetime: 15_552_000 })
})
