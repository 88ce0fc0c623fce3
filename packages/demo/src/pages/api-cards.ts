import { html } from 'hono/html'
import { ApiError, type Profile, type Track } from '../spotify-api.ts'
import type { Markup } from './layout.ts'
import { countryName, initials, trackLength } from './words.ts'

/** The profile of the user. */
export function profileCard(profile: Profile | ApiError): Markup {
  if (profile instanceof ApiError)
    return html`<section class="card">
      <h1>You are logged in</h1>
      ${problem(profile)}
    </section>`
  const { name, email, country } = profile
  return html`<section class="card profile">
    <p class="avatar" aria-hidden="true">${initials(name)}</p>
    <h1><bdi>${name}</bdi></h1>
    <dl>
      <dt>E-mail</dt>
      <dd>${email === undefined ? notShared : html`<bdi>${email}</bdi>`}</dd>
      <dt>Country</dt>
      <dd>${country === undefined ? notShared : countryName(country)}</dd>
    </dl>
  </section>`
}

const notShared = html`<span class="faint">not shared</span>`

/** A track, as an example of an API call. */
export function trackCard(track: Track | ApiError): Markup {
  return html`<section class="card" aria-labelledby="track">
    <h2 id="track">A track from the API</h2>
    ${track instanceof ApiError ? problem(track) : trackPart(track)}
  </section>`
}

function trackPart({ name, artists, album, duration }: Track): Markup {
  return html`<div class="track">
      <p class="disc" aria-hidden="true">♪</p>
      <div>
        <p class="title"><bdi>${name}</bdi></p>
        <p><bdi>${artists.join(', ')}</bdi></p>
        <p class="small"><bdi>${album}</bdi> · ${trackLength(duration)}</p>
      </div>
    </div>
    <p class="small"><code>GET /v1/tracks/7EjyzZcbLxW7PaaLua9Ksb</code></p>`
}

function problem({ message, status }: ApiError): Markup {
  const advice = status === 401 ? 'Refresh the access token, or log out and in again.' : 'Reload this page in a while.'
  return html`<p class="problem"><strong>Not available:</strong> ${message}. ${advice}</p>`
}
