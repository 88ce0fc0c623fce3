/** `R1`, `A1, A2`, `R54–R59`, `5.6.1`, `E-01`, `NET-40`, `oidcc-client-test-…`. */
export function idsOf(text: string): string[] {
  const [, letter = '', from, to] = /^([RAGO]|5\.[56]\.)(\d+)–(?:[RAGO]|5\.[56]\.)(\d+)$/.exec(text) ?? []
  if (letter) return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${letter}${Number(from) + i}`)
  return text
    .split(', ')
    .filter((id) => /^(?:[RAGO]\d+|5\.[56]\.\d+|(?:E|AR|OC|NET|SP)-\d+|oidcc-client-test[\w-]*)$/.test(id))
}

/** What the users of the systems before this one could do. */
const seeds: readonly string[] = [
  ...numbered('E', 1, 13),
  ...numbered('E', 20, 41),
  ...numbered('E', 50, 58),
  ...numbered('E', 60, 72),
  ...idsOf('AR-1, NET-40, NET-41, NET-42, OC-8, SP-1, SP-12'),
]

/** Every row of the sheets that the tables are made of. */
export const known: readonly string[] = [
  ...['R1–R287', 'A1–A70', 'G1–G40', 'O1–O32'].flatMap((range) => idsOf(range)),
  ...seeds,
]

/**
 * The rows that a client with the code grant, client credentials and refreshes can violate. Left out is what only a web
 * framework, user info, logout, registration, the device grant or DPoP could.
 */
export const due: readonly string[] = [
  // OAuth 2.0, bearer tokens, PKCE
  ['R1–R6', 'R8–R34', 'R35–R43', 'R44–R51'],
  // native apps
  ['R52–R63'],
  // metadata, the issuer of a callback, the security best practice, the code flow of OpenID Connect
  ['R74–R83', 'R143–R148', 'R176–R187', 'R217–R233', 'R237–R239', 'R241–R242'],
  ['A1', 'A3–A12', 'A14–A15', 'A17–A56', 'A60–A65', 'A67–A70'],
  ['G1', 'G3–G17', 'G19–G24', 'G26–G36', 'G40'],
  ['5.5.1–5.5.12', '5.6.1–5.6.14'],
  ['oidcc-client-test'],
  modules('client-secret-basic scope-userinfo-claims form-post-error idtoken-sig-rs256 idtoken-sig-none'),
  modules('invalid-iss missing-sub invalid-aud missing-aud missing-iat nonce-invalid invalid-athash'),
  modules('invalid-sig-rs256 invalid-sig-es256 invalid-sig-hs256 kid-absent-single-jwks kid-absent-multiple-jwks'),
  modules('signing-key-rotation signing-key-rotation-just-before-signing'),
  modules('discovery-openid-config discovery-jwks-uri-keys discovery-issuer-mismatch'),
  modules('refresh-token refresh-token-invalid-issuer refresh-token-invalid-sub'),
  seeds,
].flatMap((ranges) => ranges.flatMap((range) => idsOf(range)))

function numbered(letter: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${letter}-${String(from + i).padStart(2, '0')}`)
}

function modules(names: string): string[] {
  return names.split(' ').map((name) => `oidcc-client-test-${name}`)
}
