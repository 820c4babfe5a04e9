import { openQuantity, whyNotShippable, type Order } from '@kontor/core'
import type { Stored } from '../../store/records.ts'
import { instantText } from '../time.ts'

export type StoredOrder = Stored & { record: Order }

/** An order in one line, without its buyer. */
export interface OrderFacts {
  key: string
  numbers: readonly string[]
  orderedAt: string | undefined
  lifecycle: string | undefined
  payment: string | undefined
  acceptance: string | undefined
  fulfilment: string | undefined
  lines: number
  /** Pieces the merchant still has to ship. */
  open: number
  total: string | undefined
  /** Why it does not go to a warehouse; absent where it does. */
  notShippable: string | undefined
  revision: number
  updatedAt: string
  vanished: boolean
}

export function factsOf({ connection, id, record, revision, updatedAt, vanishedAt }: StoredOrder): OrderFacts {
  const { numbers, orderedAt, lifecycle, payment, acceptance, fulfilment, lines, totals } = record
  const grand = totals?.grand
  return {
    key: `${connection}/${id}`,
    numbers: numbers ?? [],
    orderedAt: orderedAt ?? undefined,
    lifecycle: lifecycle?.value,
    payment: payment?.value,
    acceptance: acceptance?.value,
    fulfilment: fulfilment?.value,
    lines: lines?.length ?? 0,
    open: (lines ?? []).reduce((sum, line) => sum + openQuantity(line), 0),
    total: grand ? `${grand.amount} ${grand.currency}` : undefined,
    notShippable: whyNotShippable(record),
    revision,
    updatedAt: instantText(updatedAt),
    vanished: vanishedAt !== undefined,
  }
}
