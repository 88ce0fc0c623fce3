import { connectTesting } from '@grantkit/testing/remote'
import { inject } from 'vitest'

// Stands for @grantkit/testing/server in the browser: the same servers, run by the Node process beside it.
export const { startAuthorizationServer, startFaultServer } = connectTesting(inject('testingUrl'))
