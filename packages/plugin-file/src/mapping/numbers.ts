export type DecimalSign = 'auto' | '.' | ','

/**
 * A number as decimal text: `1.234,50` and `1,234.50` are both `1234.50`. With `auto` a single sign before exactly three digits
 * (`1.234`) is nobody's guess and no number.
 */
export function parseDecimal(text: string, sign: DecimalSign): string | undefined {
  const compact = text.replaceAll(/[\s\u00A0\u202F']/g, '')
  if (/^-?\d{1,20}$/.test(compact)) return plain(compact)
  const decimal = sign === 'auto' ? signOf(compact) : sign
  if (decimal === undefined) return undefined
  const group = decimal === '.' ? ',' : '.'
  const [whole = '', fraction, more] = compact.split(decimal)
  if (more !== undefined || (fraction !== undefined && !/^\d{1,10}$/.test(fraction))) return undefined
  if (!/^-?\d{1,20}$/.test(whole) && !new RegExp(`^-?\\d{1,3}(\\${group}\\d{3})+$`).test(whole)) return undefined
  return plain(whole.replaceAll(group, '') + (fraction === undefined ? '' : `.${fraction}`))
}

/** The decimal sign a number shows by itself: the last of two, or the only one where it cannot stand for thousands. */
function signOf(text: string): '.' | ',' | undefined {
  const [point, comma] = [text.lastIndexOf('.'), text.lastIndexOf(',')]
  if (point >= 0 && comma >= 0) return point > comma ? '.' : ','
  const sign = point >= 0 ? '.' : ','
  const places = text.split(sign)
  if (places.length > 2) return sign === '.' ? ',' : '.'
  return places[1]?.length === 3 && !/^-?0/.test(text) ? undefined : sign
}

/** Without zeros in front. */
const plain = (text: string): string => text.replace(/^(-?)0+(?=\d)/, '$1')

/** A whole number of pieces; ERP programs write `5,00` for five. */
export function parseWhole(text: string, sign: DecimalSign): number | undefined {
  const decimal = parseDecimal(text, sign)
  if (decimal === undefined || !/^-?\d{1,12}(\.0+)?$/.test(decimal)) return undefined
  return Number(decimal)
}

/** What a spreadsheet makes of a long number: `1,23457E+15`. The digits are lost. */
export const isMangled = (text: string): boolean => /^\d([.,]\d+)?E\+?\d+$/i.test(text)
