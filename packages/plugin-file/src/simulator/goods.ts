import { createHash } from 'node:crypto'

/** Digits that always come out the same for the same words: a warehouse that is started again makes no new parcel of an old one. */
function digitsFor(words: string, count: number): string {
  const digest = createHash('sha256').update(words).digest('hex')
  return (BigInt(`0x${digest}`) % 10n ** BigInt(count)).toString().padStart(count, '0')
}

/** A parcel number in the form of a carrier's: an SSCC of 20 digits, or UPS's 18 characters. */
export const trackingNumberFor = (carrier: string, parcel: string): string =>
  /^ups/i.test(carrier) ? `1Z999AA1${digitsFor(parcel, 10)}` : `0034043${digitsFor(parcel, 13)}`

/** An IMEI with a right check digit, of a type code that is reserved for tests (00). */
export function imeiFor(piece: string): string {
  const digits = `00${digitsFor(piece, 12)}`
  const sum = Array.from(digits, Number).reduce((total, digit, place) => total + luhnPart(digit, place), 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

const luhnPart = (digit: number, place: number): number => {
  if (place % 2 === 0) return digit
  return digit * 2 > 9 ? digit * 2 - 9 : digit * 2
}

/** Whether a warehouse would scan an IMEI when it packs this. */
export const looksLikePhone = ({ sku, title }: { sku: string; title: string }): boolean =>
  /phone|galaxy|pixel|xiaomi|redmi|oneplus|handy/i.test(`${sku} ${title}`) &&
  !/case|cover|charger|cable|hülle/i.test(`${sku} ${title}`)
