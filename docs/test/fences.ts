/** A block of code between ``` lines, as an author wrote it. */
export interface Fence {
  readonly language: string
  /** What follows the language on the opening line. */
  readonly meta: string
  /** The line of the file on which the code begins, from 1. */
  readonly firstLine: number
  readonly code: readonly string[]
}

/** The fences of a Markdown text, or of the doc comments of a TypeScript source. */
export function fencesOf(file: string, text: string): readonly Fence[] {
  const lines = text.split('\n')
  return scan(file.endsWith('.ts') ? docComments(lines) : lines)
}

/** The text of doc comments, each line at its place; everything else is blank. */
function docComments(lines: readonly string[]): readonly string[] {
  let inside = false
  return lines.map((line) => {
    if (/^\s*\/\*\*/.test(line)) inside = true
    const text = inside ? line.replace(/^\s*(?:\/\*\*|\*(?!\/)) ?/, '').replace(/\s*\*\/.*$/, '') : ''
    if (line.includes('*/')) inside = false
    return text
  })
}

function scan(lines: readonly string[]): readonly Fence[] {
  const fences: Fence[] = []
  let open: (Fence & { indent: number; ticks: string; code: string[] }) | undefined
  for (const [index, line] of lines.entries()) {
    if (open && line.trim() === open.ticks) {
      fences.push(open)
      open = undefined
    } else if (open) {
      open.code.push(line.slice(Math.min(open.indent, line.search(/\S|$/))))
    } else {
      const [, indent = '', ticks, language = '', meta = ''] = /^(\s*)(`{3,})(\S*)\s*(.*)$/.exec(line) ?? []
      if (ticks) open = { language, meta, firstLine: index + 2, code: [], indent: indent.length, ticks }
    }
  }
  return fences
}
