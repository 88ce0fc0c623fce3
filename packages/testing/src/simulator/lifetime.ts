/** Writes a lifetime in seconds as the provider does. */
export function formatLife(seconds: number, format: string | undefined, now: number): unknown {
  const end = now + seconds * 1000
  switch (format) {
    case 'milliseconds':
      return seconds * 1000
    case 'epoch_seconds':
      return Math.floor(end / 1000)
    case 'epoch_milliseconds':
      return end
    case 'date':
      return new Date(end).toISOString()
    default:
      return seconds
  }
}

/** Writes the end of a limit as the API does. */
export function formatReset(seconds: number, format: string | undefined, now: number): string {
  return String(formatLife(seconds, format, now))
}
