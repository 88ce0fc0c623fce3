import { bundleJob } from './bundle-job.ts'
import { herdJobs } from './herd-jobs.ts'
import type { Job } from './job.ts'
import { keyGrowthJob } from './key-growth-job.ts'
import { loginGrowthJob } from './login-growth-job.ts'
import { memoryJob } from './memory-job.ts'
import { operationJob } from './operation-job.ts'
import { firstTokenJob, importJob } from './start-jobs.ts'
import { storeJob } from './store-jobs.ts'

const atOnce = 64

/** Everything that is measured, in the order of the report. */
export const jobs: readonly Job[] = [
  operationJob({
    id: 'authorization-url',
    title: 'Authorization URL with PKCE',
    operation: 'authorization-url',
    bytes: true,
  }),
  operationJob({ id: 'exchange', title: 'Code exchange, one by one', operation: 'exchange', bytes: true }),
  operationJob({ id: 'exchange-64', title: 'Code exchange, 64 at once', operation: 'exchange', lanes: atOnce }),
  operationJob({
    id: 'client-credentials',
    title: 'Client credentials, one by one',
    operation: 'client-credentials',
    bytes: true,
  }),
  operationJob({
    id: 'client-credentials-64',
    title: 'Client credentials, 64 at once',
    operation: 'client-credentials',
    lanes: atOnce,
  }),
  operationJob({ id: 'refresh', title: 'Refresh, one by one', operation: 'refresh', bytes: true }),
  operationJob({ id: 'refresh-64', title: 'Refresh, 64 at once', operation: 'refresh', lanes: atOnce }),
  operationJob({
    id: 'api-call',
    title: 'API call with a valid token, one by one',
    operation: 'api-call',
    bytes: true,
  }),
  operationJob({
    id: 'api-call-64',
    title: 'API call with a valid token, 64 at once',
    operation: 'api-call',
    lanes: atOnce,
  }),
  ...herdJobs,
  operationJob({ id: 'login', title: 'Login end to end, one by one', operation: 'login', perSecond: 'logins' }),
  operationJob({
    id: 'login-64',
    title: 'Login end to end, 64 at once',
    operation: 'login',
    lanes: atOnce,
    perSecond: 'logins',
  }),
  operationJob({ id: 'id-token-RS256', title: 'ID token, RS256', operation: 'id-token-RS256' }),
  operationJob({ id: 'id-token-ES256', title: 'ID token, ES256', operation: 'id-token-ES256' }),
  operationJob({
    id: 'id-token-EdDSA',
    title: 'ID token, EdDSA',
    operation: 'id-token-EdDSA',
    without: ['google-auth-library'],
  }),
  importJob,
  firstTokenJob,
  bundleJob,
  memoryJob,
  storeJob,
  loginGrowthJob,
  keyGrowthJob,
]
