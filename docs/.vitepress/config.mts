import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type DefaultTheme,
  defineConfig,
  type HeadConfig,
  type MarkdownEnv,
  type MarkdownRenderer,
  type PageData,
} from 'vitepress'
import { conformance, decisions, guide } from './navigation.ts'
import { checkSearches } from './check-searches.ts'
import { describeApiPage } from './describe.ts'
import { searchOptions } from './search.ts'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const api = JSON.parse(read('../api/typedoc-sidebar.json')) as DefaultTheme.SidebarItem[] // TypeDoc wrote it
const { version } = JSON.parse(read('../../packages/core/package.json')) as { version: string }

/** What the search reads of a page: all of it, with its description below its title. */
function renderForSearch(source: string, env: MarkdownEnv, md: MarkdownRenderer): string {
  const html = md.render(source, env)
  return html.replace('</h1>', `</h1>\n<p>${md.utils.escapeHtml(env.frontmatter?.['description'] ?? '')}</p>`)
}

/** Whether a page has headings to list beside it; without any, its tables get the room. */
function hasOutline(path: string): boolean {
  return /^#{2,3} /m.test(readFileSync(path, 'utf8'))
}

/** What a link to a page shows where it is shared. */
function preview({ title, description }: PageData, site: string): HeadConfig[] {
  const properties = {
    'og:type': 'website',
    'og:site_name': site,
    'og:title': title || site,
    'og:description': description,
  }
  return Object.entries(properties).map(([property, content]) => ['meta', { property, content }])
}

export default defineConfig({
  title: 'Grantkit',
  description:
    'OAuth 2 for any provider, in TypeScript: run a grant, get a token, and call the API with a token that stays fresh',
  lang: 'en',
  cleanUrls: true,
  ignoreDeadLinks: false,
  srcExclude: ['test/**'],
  head: [
    ['link', { rel: 'icon', type: 'image/svg+xml', href: '/logo.svg' }],
    ['meta', { name: 'theme-color', content: '#0b6b50' }],
    ['meta', { name: 'twitter:card', content: 'summary' }],
  ],
  transformPageData: ({ relativePath, title, description, frontmatter }, { siteConfig }) => {
    const path = join(siteConfig.srcDir, relativePath)
    if (!relativePath.startsWith('api/')) return { frontmatter: { aside: hasOutline(path), ...frontmatter } }
    return description === '' ? { description: describeApiPage(path, title) } : {}
  },
  transformHead: ({ pageData, siteData }) => preview(pageData, siteData.title),
  buildEnd: ({ outDir }) => checkSearches(outDir),
  markdown: { theme: { light: 'github-light-high-contrast', dark: 'github-dark-default' } }, // comments are read, too
  vite: { build: { chunkSizeWarningLimit: 4000 } }, // kB: the search index, which is loaded when somebody searches
  themeConfig: {
    logo: '/logo.svg',
    search: { provider: 'local', options: { miniSearch: { searchOptions }, _render: renderForSearch } },
    nav: [
      { text: 'Guide', link: '/guide/install', activeMatch: '/guide/' },
      { text: 'API', link: '/api/', activeMatch: '/api/' },
      { text: 'Decisions', link: '/decisions/openid-client', activeMatch: '/decisions/' },
      { text: 'Conformance', link: '/conformance/', activeMatch: '/conformance/' },
    ],
    sidebar: {
      '/guide/': [...guide].map(({ text, items }) => ({ text, items: [...items] })),
      '/decisions/': [{ text: decisions.text, items: [...decisions.items] }],
      '/conformance/': [{ text: conformance.text, items: [...conformance.items] }],
      '/api/': api,
    },
    outline: [2, 3],
    footer: { message: `Grantkit ${version}, under the MIT license` },
  },
})
