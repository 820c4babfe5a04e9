/** True where the last digit is the Luhn check digit of those before it. */
export function luhn(digits: string): boolean {
  if (!/^\d{2,}$/.test(digits)) return false
  let sum = 0
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place])
    const doubled = place % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

/** An IMEI without blanks, `-` and `/`: 15 digits with a right check digit, else `undefined`. Leading zeros stay. */
export function parseImei(text: string): string | undefined {
  const digits = text.replace(/[\s/-]/g, '')
  return /^\d{15}$/.test(digits) && luhn(digits) ? digits : undefined
}

/** True for a GTIN-8, -12, -13 or -14 with a right check digit. */
export function isGtin(text: string): boolean {
  if (!/^(\d{8}|\d{12}|\d{13}|\d{14})$/.test(text)) return false
  const digits = Array.from(text, Number)
  const check = digits.pop() ?? 0
  const sum = digits.toReversed().reduce((total, digit, place) => total + digit * (place % 2 === 0 ? 3 : 1), 0)
  return (10 - (sum % 10)) % 10 === check
}
