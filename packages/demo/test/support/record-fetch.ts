// Imported by a demo in a process of its own, before it starts: tells the test what goes over the wire.
const { fetch } = globalThis

globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init)
  const authorization = new Headers(init?.headers).get('authorization')
  process.send?.([authorization, String(init?.body ?? ''), await response.clone().text()])
  return response
}
