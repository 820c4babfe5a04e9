import { fromExact, toExact } from '@kontor/core'

/** Exact arithmetic on points as text. */
export const points = {
  negate: (text: string): string => (isZero(text) ? '0' : text.startsWith('-') ? text.slice(1) : `-${text}`),
  absolute: (text: string): string => (text.startsWith('-') ? text.slice(1) : text),
  subtract(one: string, other: string): string {
    const [a, b] = [toExact(one), toExact(other)]
    const scale = Math.max(a.scale, b.scale)
    return trimmed(
      fromExact({
        digits: a.digits * 10n ** BigInt(scale - a.scale) - b.digits * 10n ** BigInt(scale - b.scale),
        scale,
      }),
    )
  },
  isPositive: (text: string): boolean => toExact(text).digits > 0n,
  equal: (one: string, other: string): boolean => toExact(points.subtract(one, other)).digits === 0n,
  smaller: (one: string, other: string): string => (toExact(points.subtract(one, other)).digits < 0n ? one : other),
}

const isZero = (text: string): boolean => toExact(text).digits === 0n
const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
