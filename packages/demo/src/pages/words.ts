import { html } from 'hono/html'
import type { Markup } from './layout.ts'

/** The initials of the first and last word of a name, by graphemes. */
export function initials(name: string): string {
  const letters = new Intl.Segmenter('en', { granularity: 'grapheme' })
  const words = name.split(/\s+/).filter((word) => word !== '')
  const ends = words.length > 1 ? [words[0], words.at(-1)] : words
  return ends.map((word = '') => [...letters.segment(word)][0]?.segment.toUpperCase() ?? '').join('')
}

/** The English name and code of a country; an invalid code is returned unchanged. */
export function countryName(code: string): string {
  if (!/^[A-Z]{2}$/.test(code)) return code
  const name = new Intl.DisplayNames('en', { type: 'region' }).of(code)
  return name === undefined || name === code ? code : `${name} (${code})`
}

/** A duration, such as `59 min 58 s`. */
export function minutesAndSeconds(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  const parts = [seconds >= 60 && `${Math.floor(seconds / 60)} min`, seconds % 60 > 0 && `${seconds % 60} s`]
  return parts.filter(Boolean).join(' ') || '0 s'
}

/** The length of a track, such as `3:37`. */
export function trackLength(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** A time of day in the local time zone. */
export function timeOfDay(at: number): Markup {
  return timeElement(at, { timeStyle: 'medium' })
}

/** A date in the local time zone. */
export function day(at: number): Markup {
  return timeElement(at, { dateStyle: 'long' })
}

function timeElement(at: number, style: Intl.DateTimeFormatOptions): Markup {
  const date = new Date(at)
  return html`<time datetime="${date.toISOString()}">${new Intl.DateTimeFormat('en-GB', style).format(date)}</time>`
}
