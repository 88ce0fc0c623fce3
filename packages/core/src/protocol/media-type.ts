/** The media type of a response, in lower case and without parameters. */
export function mediaType(headers: Pick<Headers, 'get'>): string {
  return (headers.get('content-type') ?? '').replace(/;.*/, '').trim().toLowerCase()
}
