/** Strings that some engine trims, converts to a number, truncates, executes, or replaces. */
export const hostileStrings: readonly string[] = [
  '',
  ' ',
  ' \t spaces on both sides \n',
  '0',
  '0123',
  '1.0',
  '1e3',
  'null',
  'undefined',
  'false',
  '{"text":["\\u0000",null]}',
  '\\',
  '\\u0041',
  `'; DROP TABLE tokens; --`,
  '$1 ${1} %s ? :name',
  'one\r\ntwo\nthree\rfour\u2028five\u2029six',
  '\u0000',
  'before\u0000after',
  String.fromCharCode(...Array.from({ length: 32 }, (_, code) => code), 127, 128, 159),
  '\uFEFFa byte order mark',
  '\u00C4 in one character',
  'A\u0308 in two',
  '漢字 עברית',
  '😀 👩‍👩‍👧 \u{10FFFF}',
  '\uFFFD\uFFFF',
  '0123456789abcdef'.repeat(65_536),
]

/** Strings with a lone surrogate, which UTF-8 cannot encode. */
export const loneSurrogates: readonly string[] = ['\uD800', '\uD801', 'a\uDC00b', '\uDE00\uD83D']

/** Distinct keys that some engine takes for the same key, or for something else altogether. */
export const similarKeys: readonly string[] = [
  ['a', 'A', 'a ', ' a', 'a\t', 'a\n', 'a\u0000', 'a\u0000b', '\uFEFFa', 'a\u200B', '0', '1', '01', '1.0', '1e0', '-1'],
  ['a.', 'a/', 'a/b', '/a', './a', '../a', 'a/../a', 'a//b', 'a\\', 'a\\b', ' ', '.', '..', '~', '-', 'con', 'NUL'],
  ['a%', 'a_', 'a*', '%', '_', '*', '?', '[a]', 'a?', 'a%20', 'a+', `a'`, 'a"', 'a;b', 'a,b', '{a}', '{b}', '{a}b'],
  ['a:lease', 'a:lock', 'a.lock', 'a.tmp', 'a.lease', 'lease:a', 'lock:a', 'a:1', 'a@1', 'a#1', 'a:', ':a', 'a$'],
  ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'length', 'null', 'undefined', 'true'],
  ['\u00E4', 'a\u0308', '\u00C4', '\u00E5', '\u00C5', '\u212B', 'ß', 'ss', 'SS', '\uFB01', 'fi', 'i', 'I', 'ı', 'İ'],
  ['e', '\u0435', '\uFF11', '😀', '😁', '\uFFFD', '\u{10000}', '\u{10FFFF}'],
  [`${'k'.repeat(999)}a`, `${'k'.repeat(999)}b`, 'k'.repeat(999)],
].flat()
