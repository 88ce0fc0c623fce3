import { describeProvider } from '@grantkit/testing'
import { spotify } from '../src/index.ts'

describeProvider(spotify)
