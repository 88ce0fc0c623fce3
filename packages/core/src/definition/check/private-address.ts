/**
 * Whether the host of a URL is, or names, an address outside the public internet: this machine, its network, or a
 * reserved one (RFC 6890). Only literals are recognised; what a name resolves to is known where the connection is made.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.toLowerCase().replace(/\.$/, '')
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  return isPrivateAddress(host.replace(/^\[(.*)\]$/, '$1'))
}

/** Whether an IP address, as written in a URL or on a socket, is outside the public internet. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '')
  if (plain.includes(':')) return isPrivateIpv6(groupsOf(plain))
  return /^\d+(?:\.\d+){3}$/.test(plain) && isPrivateIpv4(plain.split('.').map(Number))
}

function isPrivateIpv4([a = 0, b = 0, c = 0]: readonly number[]): boolean {
  if (a === 0 || a === 10 || a === 127 || a >= 224) return true
  if (a === 100) return b >= 64 && b <= 127
  if (a === 172) return b >= 16 && b <= 31
  if (a === 192) return b === 168 || (b === 0 && (c === 0 || c === 2)) || (b === 88 && c === 99)
  if (a === 198) return b === 18 || b === 19 || (b === 51 && c === 100)
  return (a === 169 && b === 254) || (a === 203 && b === 0 && c === 113)
}

/** Everything outside 2000::/3 is reserved; within it, an address that embeds an IPv4 address is as private as that one. */
function isPrivateIpv6(groups: readonly number[]): boolean {
  const [first = 0, second = 0] = groups
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return embedded(groups[6], groups[7])
  if (first === 0x64 && second === 0xff9b) return groups[2] !== 0 || embedded(groups[6], groups[7])
  if (first === 0x2002) return embedded(second, groups[2])
  if (first === 0x3fff) return second < 0x1000
  return first < 0x2000 || first > 0x3fff || (first === 0x2001 && (second < 0x200 || second === 0xdb8))
}

/** Whether the IPv4 address in two groups of an IPv6 address is private. */
function embedded(high = 0, low = 0): boolean {
  return isPrivateIpv4([high >> 8, high & 255, low >> 8, low & 255])
}

/** The eight groups of an IPv6 address; a dotted end counts as two. */
function groupsOf(address: string): readonly number[] {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address)
  if (dotted) {
    const [, head = '', ...bytes] = dotted
    const [a = 0, b = 0, c = 0, d = 0] = bytes.map(Number)
    return groupsOf(`${head}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`)
  }
  const [head = '', tail] = address.split('::')
  const [left, right] = [numbers(head), numbers(tail ?? '')]
  return [...left, ...Array<number>(Math.max(0, 8 - left.length - right.length)).fill(0), ...right]
}

function numbers(part: string): number[] {
  return part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16))
}
