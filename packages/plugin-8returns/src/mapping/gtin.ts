import { isGtin } from '@kontor/core'

/**
 * An EAN as a GTIN. One caller types it as a number, which has lost its zeros: they are put back in front where the check digit then fits.
 * `undefined` where no number of zeros makes it right.
 */
export function toGtin(text: string): string | undefined {
  const digits = text.replaceAll(/[\s-]/g, '')
  if (/^(\d{8}|\d{13,14})$/.test(digits) && isGtin(digits)) return digits
  const padded = digits.padStart(13, '0')
  return /^\d{6,13}$/.test(digits) && isGtin(padded) ? padded : undefined
}
