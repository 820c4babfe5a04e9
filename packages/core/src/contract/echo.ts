import { money, toMs, type Refund } from '../canonical/index.ts'
import type { Echo, EchoLine } from './writer.ts'

type RefundLine = NonNullable<Refund['lines']>[number]

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
  let rest = expected.lines
  for (const [sku, some] of Map.groupBy(lines, (line) => line.sku)) {
    const told = found(
      rest.filter((each) => each.sku === sku),
      some,
    )
    if (told === undefined) return { is: 'alike' }
    rest = rest.filter((each) => !told.includes(each))
  }
  return { is: 'same', rest }
}

/** Which of the lines expected of one SKU these are: each of them one of those, or all of them together all of those. */
function found(expected: readonly EchoLine[], told: readonly RefundLine[]): readonly EchoLine[] | undefined {
  const left = [...expected]
  const each = told.flatMap((line) => {
    const index = left.findIndex((one) => saysTheSame([one], [line]))
    return index === -1 ? [] : left.splice(index, 1)
  })
  if (each.length === told.length) return each
  return saysTheSame(expected, told) ? expected : undefined
}

/** Whether the sums are equal; where the tax comes on top, also without it. */
function saysTheSame(expected: readonly EchoLine[], told: readonly RefundLine[]): boolean {
  const currency = expected[0]?.amount.currency
  const amounts = told.flatMap(({ amount }) => amount ?? [])
  const taxes = told.flatMap(({ tax }) => tax ?? [])
  if (currency === undefined || [...amounts, ...taxes].some((each) => each.currency !== currency)) return false
  const wanted = money.sum(
    expected.map(({ amount }) => amount),
    currency,
  )
  const sum = money.sum(amounts, currency)
  return (
    money.equal(wanted, sum) ||
    (expected.every(({ taxOnTop }) => taxOnTop === true) &&
      money.equal(wanted, money.subtract(sum, money.sum(taxes, currency))))
  )
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
