import { describeProvider } from '@grantkit/testing'
import { presets } from './presets.ts'

/** A redirect URI that those providers take which want the user back on this machine. */
const redirectUris: Readonly<Record<string, string>> = { 'tiktok-desktop': 'http://127.0.0.1:3455/callback/' }

for (const preset of presets) describeProvider(preset, { redirectUri: redirectUris[preset.name] })
