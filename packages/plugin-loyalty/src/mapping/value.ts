import { Money, type Points } from '@kontor/core'

/** What the points were given for, in the order's own currency: before it was converted into the programme's. */
export function ownValue({ value, extensions }: Points): Money | undefined {
  const own = Money.safeParse(extensions?.['kontor.total'])
  return own.success ? own.data : (value ?? undefined)
}

export const valueText = ({ amount, currency }: Money): string => `${amount} ${currency}`

/** `50.00 EUR`; `undefined` for what was written by somebody else. */
export function valueFrom(text: unknown): Money | undefined {
  const [amount, currency] = typeof text === 'string' ? text.split(' ') : []
  const found = Money.safeParse({ amount, currency })
  return found.success ? found.data : undefined
}
