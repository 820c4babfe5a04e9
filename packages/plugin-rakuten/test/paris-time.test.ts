import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parisDay, parseParisTime } from '../src/mapping/index.ts'

const wall = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Paris',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const written = (ms: number): string => wall.format(ms).replace(', ', '-')

describe('times of Rakuten', () => {
  it.each([
    ['01/03/2014-09:12', '2014-03-01T08:12:00.000Z', undefined],
    ['15/07/2026-00:00:30', '2026-07-14T22:00:30.000Z', undefined],
    ['03/05/26-08:00:00', '2026-05-03T06:00:00.000Z', undefined],
    // The clocks go back on 25 October 2026 at 03:00: this hour comes twice.
    ['25/10/2026-02:30', '2026-10-25T00:30:00.000Z', 'ambiguous'],
    ['25/10/2026-01:59', '2026-10-24T23:59:00.000Z', undefined],
    ['25/10/2026-03:00', '2026-10-25T02:00:00.000Z', undefined],
    // They go forward on 29 March 2026 at 02:00: this hour does not come.
    ['29/03/2026-02:30', '2026-03-29T01:30:00.000Z', 'nonexistent'],
    ['29/03/2026-03:00', '2026-03-29T01:00:00.000Z', undefined],
  ])('%s is %s', (text, instant, doubt) => {
    expect(parseParisTime(text)).toEqual(doubt === undefined ? { instant } : { instant, doubt })
  })
  it.each([
    '',
    '32/01/2026-10:00',
    '29/02/2026-10:00',
    '01/13/2026-10:00',
    '01/01/2026-25:00',
    '2026-05-03T10:00:00',
    undefined,
  ])('%s is no time', (text) => {
    expect(parseParisTime(text)).toBeUndefined()
  })
  it('agrees with the time zone database at every second that is not ambiguous', () => {
    fc.assert(
      fc.property(fc.integer({ min: Date.UTC(2000, 0, 1) / 1000, max: Date.UTC(2037, 0, 1) / 1000 }), (seconds) => {
        const parsed = parseParisTime(written(seconds * 1000))
        const exact = new Date(seconds * 1000).toISOString()
        expect(parsed?.instant).toBe(parsed?.doubt === undefined ? exact : parsed.instant)
        expect(
          parisDay(seconds * 1000)
            .split('-')
            .toReversed()
            .join('/'),
        ).toBe(written(seconds * 1000).slice(0, 10))
      }),
    )
  })
})
