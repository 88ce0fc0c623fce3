import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { styleHash } from '../pages/style.ts'
import type { Demo, Steps } from './demo.ts'

/** The headers of every response: no external resources, no framing, no caching. */
export function headers({ connection }: Demo): MiddlewareHandler<Steps> {
  const { authorization_endpoint = '' } = connection.provider.definition.metadata
  const secure = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: [styleHash],
      imgSrc: ['data:'], // the favicon
      formAction: ["'self'", new URL(authorization_endpoint).origin], // Chromium also checks redirects after a form
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: 'DENY',
    strictTransportSecurity: false, // loopback has no https
  })
  return async (context, next) => {
    context.header('cache-control', 'no-store')
    return secure(context, next)
  }
}
