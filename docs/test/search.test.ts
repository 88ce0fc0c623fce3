import MiniSearch from 'minisearch'
import { expect, test } from 'vitest'
import { indexOptions, missedSearches } from '../.vitepress/search.ts'
import { type Published, publishedPages } from './published.ts'

// The search of the site, over the pages that were written. The build searches its own index, with the API in it.

/** What the index holds of a page: a section for each heading, the description below the title. */
function sectionsOf({ link, description, markdown }: Published) {
  const parents: string[] = []
  return splitAtHeadings(markdown).map(([level, title, text], index) => {
    const titles = parents.slice(0, level - 1)
    parents.splice(level - 1, Infinity, title)
    return { id: `${link}#${index}`, title, titles, text: level === 1 ? `${description}\n${text}` : text }
  })
}

function splitAtHeadings(markdown: string): readonly (readonly [level: number, title: string, text: string])[] {
  const isFence = /^`{3,}/
  const sections: [number, string, string][] = []
  let inCode = false
  for (const line of markdown.split('\n')) {
    if (isFence.test(line)) inCode = !inCode
    const [, marks, title = ''] = (inCode ? undefined : /^(#{1,6}) (.*)$/.exec(line)) ?? []
    const last = sections.at(-1)
    if (marks) sections.push([marks.length, title, ''])
    else if (last) last[2] += `${line}\n`
  }
  return sections
}

test('every page is found by the words that people type', () => {
  const index = new MiniSearch({ ...indexOptions, fields: [...indexOptions.fields] })
  index.addAll(publishedPages().flatMap(sectionsOf))
  expect(missedSearches(index)).toStrictEqual([])
})

test('a search that finds another page says so', () => {
  const index = new MiniSearch({ ...indexOptions, fields: [...indexOptions.fields] })
  index.add({ id: '/guide/errors#0', title: 'Install Express', titles: [], text: '' })
  expect(missedSearches(index)).toContain('"install": /guide/install is not among /guide/errors')
})
