import type { ProviderDefinition } from '@grantkit/core'
import { describe, expect, test } from 'vitest'
import { someTime as now } from '../support/clock.ts'
import { watchUse } from '../support/used.ts'

type Declared = Pick<NonNullable<ProviderDefinition['tokenResponse']>, 'expiresIn' | 'refreshExpiresIn'>
type Format = NonNullable<NonNullable<Declared['expiresIn']>['format']>

/** The fields of a response once its lifetimes are counted in seconds. */
async function counted(members: Record<string, unknown>, declared: Declared) {
  const { countLifetimes } = await import('../../src/protocol/deviations/lifetime.ts')
  const { used } = watchUse((report) => countLifetimes(members, declared, { now, used: report }))
  return { members, used }
}

/** Values of `expires_in`, what each becomes, and whether that was reported. */
function lives(values: readonly unknown[], format: Format): Promise<readonly (readonly unknown[])[]> {
  const one = async (value: unknown) => {
    const { members, used } = await counted({ expires_in: value }, { expiresIn: { format } })
    return [value, members['expires_in'], used.includes('tokenResponse.expiresIn.format')]
  }
  return Promise.all(values.map(one))
}

const untouched = (values: readonly unknown[]) => values.map((value) => [value, value, false])

const end = '2027-01-15T08:01:00' // a minute after that time

describe('a lifetime that is declared as', () => {
  test('a date is one of ISO 8601 with a time; what only looks like a date stays as it is', async () => {
    const dates = [`${end}Z`, `${end}.999Z`, '2027-01-15T10:01:00+02:00', '2027-01-15T08:01Z']
    const texts = ['Fri, 15 Jan 2027 08:01:00 GMT', 'Jan 15 2027 08:01 GMT', '2027-01-15', `+00${end}Z`, '']
    const others = ['2027-13-15T08:01:00Z', [`${end}Z`], null, undefined, now / 1000 + 60]
    expect(await lives(dates, 'date')).toEqual(dates.map((date) => [date, 60, true]))
    expect(await lives([...texts, ...others], 'date')).toEqual(untouched([...texts, ...others]))
  })

  test.each<[Format, unknown, number]>([
    ['milliseconds', 3_600_000, 3600],
    ['milliseconds', '60000', 60],
    ['milliseconds', 1999, 1],
    ['milliseconds', 0.5, 0],
    ['milliseconds', 0, 0],
    ['epoch_seconds', now / 1000 + 60, 60],
    ['epoch_seconds', String(now / 1000 + 60), 60],
    ['epoch_seconds', 0, 0],
    ['epoch_seconds', now / 1000 - 60, 0],
    ['epoch_milliseconds', now + 60_000, 60],
    ['epoch_milliseconds', '0', 0],
    ['date', '2027-01-15T07:00:00Z', 0],
  ])('%s: %j is %i seconds', async (format, value, seconds) => {
    expect(await lives([value], format)).toEqual([[value, seconds, true]])
  })

  test.each(['milliseconds', 'epoch_seconds', 'epoch_milliseconds'] as const)(
    '%s: what is no number of them stays as it is',
    async (format) => {
      const texts = ['1e3', '3.7', '0x10', '+5', ' 5', '5 ', '-1', '', 'soon']
      const others = [['60000'], {}, true, null, undefined, -1, Number.POSITIVE_INFINITY, Number.NaN]
      expect(await lives([...texts, ...others], format)).toEqual(untouched([...texts, ...others]))
    },
  )

  test('nothing stays as it is', async () => {
    const { members, used } = await counted({ expires_in: 3_600_000 }, {})
    expect(members).toEqual({ expires_in: 3_600_000 })
    expect(used).toEqual([])
  })
})

describe('the lifetime of', () => {
  test('an access token and that of a refresh token are written in different ways', async () => {
    const { members, used } = await counted(
      { expires_in: 60_000, refresh_token_expires_in: `${end}Z`, scope: 'read' },
      { expiresIn: { format: 'milliseconds' }, refreshExpiresIn: { format: 'date' } },
    )
    expect(members).toEqual({ expires_in: 60, refresh_token_expires_in: 60, scope: 'read' })
    expect(used).toEqual(['tokenResponse.expiresIn.format', 'tokenResponse.refreshExpiresIn.format'])
  })

  test('a refresh token is not made up where the response has none', async () => {
    const { members, used } = await counted({ expires_in: 60 }, { refreshExpiresIn: { format: 'date' } })
    expect(members).toEqual({ expires_in: 60 })
    expect(used).toEqual([])
  })

  test.each<[Record<string, unknown>, Record<string, unknown>, readonly string[]]>([
    [{}, { expires_in: 1800 }, ['tokenResponse.expiresIn.default']],
    [{ expires_in: 60 }, { expires_in: 60 }, []],
    [{ expires_in: null }, { expires_in: null }, []],
  ])(
    'an access token is valid for 1800 seconds unless the response says otherwise: %j',
    async (answer, expected, report) => {
      const { members, used } = await counted(answer, { expiresIn: { default: 1800 } })
      expect(members).toEqual(expected)
      expect(used).toEqual(report)
    },
  )

  test('an access token that has expired does not get the default lifetime', async () => {
    const { members } = await counted({ expires_in: 5 }, { expiresIn: { format: 'epoch_seconds', default: 1800 } })
    expect(members).toEqual({ expires_in: 0 })
  })
})
