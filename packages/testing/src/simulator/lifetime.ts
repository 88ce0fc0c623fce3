/** Writes a lifetime in seconds as the provider does. */
export function formatLifetime(seconds: number, format: string | undefined, now: number): unknown {
  const expiry = now + seconds * 1000
  switch (format) {
    case 'milliseconds':
      return seconds * 1000
    case 'epoch_seconds':
      return Math.floor(expiry / 1000)
    case 'epoch_milliseconds':
      return expiry
    case 'date':
      return new Date(expiry).toISOString()
    default:
      return seconds
  }
}

/** Writes the reset time of a rate limit as the API does. */
export function formatReset(seconds: number, format: string | undefined, now: number): string {
  return String(formatLifetime(seconds, format, now))
}
