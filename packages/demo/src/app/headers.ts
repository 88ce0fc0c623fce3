import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { styleHash } from '../pages/style.ts'
import type { Demo, Steps } from './demo.ts'

/** The headers of every answer: nothing is loaded from anywhere, nothing is framed, nothing is kept. */
export function headers({ connection }: Demo): MiddlewareHandler<Steps> {
  const { authorization_endpoint = '' } = connection.provider.definition.metadata
  const secure = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: [styleHash],
      imgSrc: ['data:'], // the icon of the tab
      formAction: ["'self'", new URL(authorization_endpoint).origin], // Chromium checks the redirects after a form, too
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
    xFrameOptions: 'DENY',
    strictTransportSecurity: false, // there is no https on a loopback address
  })
  return async (context, next) => {
    context.header('cache-control', 'no-store')
    return secure(context, next)
  }
}
