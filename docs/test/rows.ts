/** `R1`, `A1, A2`, `R54–R59`, `5.6.1`, `E-01`, `NET-40`, `oidcc-client-test-…`, `fapi2-…`. */
export function idsOf(text: string): string[] {
  const [, letter = '', from, to] = /^([RAGO]|5\.[56]\.)(\d+)–(?:[RAGO]|5\.[56]\.)(\d+)$/.exec(text) ?? []
  if (letter) return Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => `${letter}${Number(from) + i}`)
  return text
    .split(', ')
    .filter((id) => /^(?:[RAGO]\d+|5\.[56]\.\d+|(?:E|AR|OC|NET|SP)-\d+|oidcc-client-test[\w-]*|fapi2-[\w-]+)$/.test(id))
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
 * The rows that a client can violate. Left out is what only a web framework, registration, or an API that is not
 * configured in advance could.
 */
export const due: readonly string[] = [
  // OAuth 2.0, bearer tokens, PKCE
  ['R1–R34', 'R35–R43', 'R44–R51'],
  // native apps, revocation, introspection, metadata
  ['R52–R63', 'R64–R73', 'R74–R83'],
  // devices, token exchange, assertions, mutual TLS, resources, JAR and JARM, PAR
  ['R93–R103', 'R104–R108', 'R109–R116', 'R117–R120', 'R121–R125', 'R126–R134', 'R135–R142'],
  // the issuer of a callback, rich authorization requests, DPoP, step-up
  ['R143–R148', 'R149–R153', 'R154–R170', 'R171–R174'],
  // the security best practice, OAuth 2.1
  ['R176–R187', 'R199–R200', 'R202–R207'],
  // OpenID Connect, FAPI 2.0
  ['R217–R244', 'R246–R248', 'R250–R254', 'R256–R262'],
  ['A1', 'A3–A12', 'A14–A15', 'A17–A56', 'A59–A65', 'A67–A70'],
  ['G1–G40'],
  ['5.5.1–5.5.12', '5.6.1–5.6.14'],
  ['oidcc-client-test'],
  relyingParty('client-secret-basic scope-userinfo-claims form-post-error idtoken-sig-rs256 idtoken-sig-none'),
  relyingParty('invalid-iss missing-sub invalid-aud missing-aud missing-iat nonce-invalid invalid-athash'),
  relyingParty('invalid-sig-rs256 invalid-sig-es256 invalid-sig-hs256 kid-absent-single-jwks kid-absent-multiple-jwks'),
  relyingParty('signing-key-rotation signing-key-rotation-just-before-signing mtls-endpoint-aliases'),
  relyingParty('discovery-openid-config discovery-jwks-uri-keys discovery-issuer-mismatch'),
  relyingParty('refresh-token refresh-token-invalid-issuer refresh-token-invalid-sub'),
  relyingParty('userinfo-invalid-sub userinfo-bearer-header userinfo-signed aggregated-claims distributed-claims'),
  relyingParty('nonce-unless-code-flow missing-chash invalid-chash'),
  relyingParty('rp-init-logout rp-init-logout-other-state rp-init-logout-no-state rp-backchannel-rpinitlogout'),
  ['alg-none', 'wrong-alg', 'wrong-iss', 'wrong-aud', 'no-event', 'wrong-event', 'with-nonce'].flatMap((end) =>
    relyingParty(`rp-backchannel-rpinitlogout-${end}`),
  ),
  fapi('happy-path happy-path-no-dpop-nonce discovery-issuer-mismatch invalid-null-alg invalid-alternate-alg'),
  fapi('invalid-iss invalid-aud invalid-secondary-aud invalid-missing-aud invalid-missing-iss valid-aud-as-array'),
  fapi('invalid-expired-exp invalid-missing-exp invalid-nonce invalid-missing-nonce refresh-token'),
  fapi('invalid-authorization-response-iss remove-authorization-response-iss'),
  ['', 'missing-'].flatMap((kind) => fapi(`ensure-authorization-response-with-invalid-${kind}state-fails`)),
  fapi('token-endpoint-response-without-expires_in token-type-case-insensitivity'),
  fapi('rs-dpop-auth-scheme-case-insensitivity ensure-jarm-signature-is-not-none ensure-jarm-expired-exp-fails'),
  ['without-iss', 'without-aud', 'without-exp', 'invalid-iss', 'invalid-aud', 'invalid-sig'].flatMap((fault) =>
    fapi(`ensure-jarm-${fault}-fails`),
  ),
  seeds,
].flatMap((ranges) => ranges.flatMap((range) => idsOf(range)))

function numbered(letter: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${letter}-${String(from + i).padStart(2, '0')}`)
}

function relyingParty(modules: string): string[] {
  return modules.split(' ').map((name) => `oidcc-client-test-${name}`)
}

function fapi(modules: string): string[] {
  return modules.split(' ').map((name) => `fapi2-${name}`)
}
