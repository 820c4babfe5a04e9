/**
 * Times of 8returns as they are written, for the order of the list alone: compared to the last digit, and never turned into ours.
 * Without a zone all are read in the same one, so they can be compared with each other.
 */
const written = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i

/** Nanoseconds since 1970. */
function fine(text: string | undefined): bigint | undefined {
  const match = written.exec(text ?? '')
  if (match === null) return undefined
  const [, day, time, fraction = '', zone = 'Z'] = match
  const whole = Date.parse(`${day}T${time}${/^utc$/i.test(zone) ? 'Z' : zone}`)
  return Number.isNaN(whole) ? undefined : BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

/** Whether a change is no newer than another; `undefined` where one of them cannot be read. */
export function isNoNewer(time: string | undefined, than: string | undefined): boolean | undefined {
  const [a, b] = [fine(time), fine(than)]
  return a === undefined || b === undefined ? undefined : a <= b
}

export const millisecondsOf = (text: string | undefined): number | undefined => {
  const ns = fine(text)
  return ns === undefined ? undefined : Number(ns / 1_000_000n)
}

export const hasZone = (text: string): boolean => /(Z|UTC|[+-]\d{2}:?\d{2})$/i.test(text)

/** The latest of those that can be read. */
export const newest = (times: readonly (string | undefined)[]): string | undefined =>
  times.reduce((best, each) => {
    if (fine(each) === undefined) return best
    return best === undefined || isNoNewer(best, each) === true ? each : best
  }, undefined)
