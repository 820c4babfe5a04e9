import { money, toMs, type Refund } from '../canonical/index.ts'
import type { Echo } from './writer.ts'

/**
 * Whether a refund that was read is one we expect. Two that say the same are one as good as the other: as many of them are ours as we have paid, and
 * each further one is news. What was paid back before, or for other goods, is none of ours.
 */
export function compareEcho(
  expected: Echo,
  told: Refund,
): { is: 'same'; rest: Echo['lines'] } | { is: 'alike' } | { is: 'other' } {
  if (told.refundedAt && toMs(told.refundedAt) < toMs(expected.since)) return { is: 'other' }
  const lines = told.lines ?? []
  if (expected.lines.length === 0) return { is: 'alike' }
  if (lines.some(({ sku, amount }) => !sku || !amount) || lines.length === 0) return compareTotals(expected, told)
  if (!lines.some((line) => expected.lines.some(({ sku }) => sku === line.sku))) return { is: 'other' }
  const rest = [...expected.lines]
  for (const { sku, amount, tax } of lines) {
    const index = rest.findIndex(
      (each) =>
        each.sku === sku &&
        amount &&
        (money.equal(each.amount, amount) ||
          (each.taxOnTop === true &&
            tax?.currency === amount.currency &&
            money.equal(each.amount, money.subtract(amount, tax)))),
    )
    if (index === -1) return { is: 'alike' }
    rest.splice(index, 1)
  }
  return { is: 'same', rest }
}

function compareTotals({ lines }: Echo, { total }: Refund): ReturnType<typeof compareEcho> {
  const [first] = lines
  const sum =
    first &&
    money.sum(
      lines.map(({ amount }) => amount),
      first.amount.currency,
    )
  return sum && total && money.equal(sum, total) ? { is: 'same', rest: [] } : { is: 'alike' }
}
