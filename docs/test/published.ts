import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const docs = join(import.meta.dirname, '..')

/** A page of the site, as it was written. */
export interface Published {
  /** Its address, such as `/guide/install`. */
  readonly link: string
  /** What search engines and link previews show; empty where it is missing. */
  readonly description: string
  /** Its Markdown, without the frontmatter and without what is hidden from readers. */
  readonly markdown: string
}

/** Every page that was written, the home included, and none that TypeDoc made. */
export function publishedPages(): readonly Published[] {
  return globSync(['index.md', '{guide,decisions,conformance}/**/*.md'], { cwd: docs })
    .toSorted()
    .map((path) => {
      const [, frontmatter = '', body = ''] = /^(?:---\n([^]*?)\n---\n)?([^]*)$/.exec(read(path)) ?? []
      const [, quoted, plain = ''] = /^description: (?:'((?:[^']|'')*)'|(.*))$/m.exec(frontmatter) ?? []
      return {
        link: `/${path.replace(/(?:(?<=^|conformance\/)index)?\.md$/, '')}`,
        description: quoted?.replaceAll("''", "'") ?? plain,
        markdown: body.replaceAll(/<!--[^]*?-->\n/g, ''),
      }
    })
}

function read(path: string): string {
  return readFileSync(join(docs, path), 'utf8')
}
