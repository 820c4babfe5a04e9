import { fromExact, toExact } from '@kontor/core'

/** Digits after the point of points as text. */
export const pointsScale = (text: string): number => toExact(text).scale

/** Points as text in whole units of 10^-`scale`. The text has at most `scale` digits after the point. */
export function pointsFromText(text: string, scale: number): bigint {
  const exact = toExact(text)
  return exact.digits * 10n ** BigInt(scale - exact.scale)
}

/** The shortest text: `32`, `32.5`, never `32.50`. */
export function pointsToText(points: bigint, scale: number): string {
  const text = fromExact({ digits: points, scale })
  return scale === 0 ? text : text.replace(/\.?0+$/, '')
}
