/** Metadata of a provider that is on no network: nobody asks it for anything. */
export const metadata = {
  issuer: 'https://id.acme.example',
  authorization_endpoint: 'https://id.acme.example/authorize',
  token_endpoint: 'https://id.acme.example/token',
}
