import { globSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import MiniSearch from 'minisearch'
import { indexOptions, missedSearches } from './search.ts'

/** Searches the index that the site was built with. Throws where a page is not found by the words that people type. */
export async function checkSearches(outDir: string): Promise<void> {
  const [chunk] = globSync('assets/chunks/@localSearchIndex*.js', { cwd: outDir })
  if (chunk === undefined) throw new Error('the site has no search index')
  const { default: json } = (await import(pathToFileURL(join(outDir, chunk)).href)) as { default: string }
  const missed = missedSearches(MiniSearch.loadJSON(json, indexOptions))
  if (missed.length > 0) throw new Error(`the search does not find:\n${missed.join('\n')}`)
}
