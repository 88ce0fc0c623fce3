// The packages are ES modules, and CommonJS can still require them: nothing in them awaits at the top level.
const { Token } = require('@grantkit/core')
const { spotify } = require('@grantkit/provider-spotify')

if (String(Token.from({ accessToken: 'a' })) !== 'Token Bearer [redacted]') throw new Error('Token is not what it was')
if (spotify.name !== 'spotify') throw new Error('the preset is not what it was')
