import { readFileSync } from 'node:fs'
import { type DefaultTheme, defineConfig } from 'vitepress'
import { conformance, decisions, guide } from './navigation.ts'

const sidebar = readFileSync(new URL('../api/typedoc-sidebar.json', import.meta.url), 'utf8') // TypeDoc wrote it
const api = JSON.parse(sidebar) as DefaultTheme.SidebarItem[]

export default defineConfig({
  title: 'Grantkit',
  description: 'OAuth 2 grants for any provider, in TypeScript',
  cleanUrls: true,
  ignoreDeadLinks: false,
  srcExclude: ['test/**'],
  themeConfig: {
    search: { provider: 'local' },
    nav: [
      { text: 'Guide', link: '/guide/first-login', activeMatch: '/guide/' },
      { text: 'API', link: '/api/', activeMatch: '/api/' },
      { text: 'Decisions', link: '/decisions/openid-client', activeMatch: '/decisions/' },
      { text: 'Conformance', link: '/conformance/', activeMatch: '/conformance/' },
    ],
    sidebar: {
      '/guide/': [{ text: 'Guide', items: guide }],
      '/decisions/': [{ text: 'Decisions', items: decisions }],
      '/conformance/': [{ text: 'Conformance', items: conformance }],
      '/api/': api,
    },
    outline: [2, 3],
  },
})
