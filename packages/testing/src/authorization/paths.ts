/** The paths that no dialect changes. */
export const paths = {
  backchannel_authentication: '/backchannel_authentication',
  code_verification: '/device',
  device_authorization: '/device_authorization',
  end_session: '/logout',
  introspection: '/introspect',
  jwks: '/jwks',
  pushed_authorization_request: '/par',
  revocation: '/revoke',
  userinfo: '/userinfo',
}
