import { readFileSync } from 'node:fs'

const longest = 160

/** The description of a page of the API, which TypeDoc made: its title, and the first sentences of its text. */
export function describeApiPage(path: string, title: string): string {
  const lines = readFileSync(path, 'utf8').split('\n')
  const begin = lines.findIndex((line) => /^[A-Z`]/.test(line))
  const text = begin < 0 ? '' : lines.slice(begin, lines.indexOf('', begin)).join(' ')
  const plain = text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`\\]/g, '')
  const described = `${title.replaceAll(/[`\\]|^[A-Z][\w ]+: /g, '')} of Grantkit: ${plain}`
  return described.length <= longest ? described : `${described.slice(0, described.lastIndexOf(' ', longest))} …`
}
