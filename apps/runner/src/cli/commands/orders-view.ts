import { openQuantity, whyNotShippable, type Order } from '@kontor/core'
import type { Stored } from '../../store/records.ts'
import { ago, instantText, until } from '../time.ts'

export type StoredOrder = Stored & { record: Order }

/** An order in one line, without its buyer. */
export interface OrderFacts {
  key: string
  numbers: readonly string[]
  orderedAt: string | undefined
  /** When it has to leave, as its system told. */
  shipBy: string | undefined
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
  const { numbers, orderedAt, lifecycle, payment, acceptance, fulfilment, lines, totals, deadlines } = record
  const grand = totals?.grand
  return {
    key: `${connection}/${id}`,
    numbers: numbers ?? [],
    orderedAt: orderedAt ?? undefined,
    shipBy: deadlines?.shipBy ?? undefined,
    lifecycle: lifecycle?.value,
    payment: payment?.value,
    acceptance: acceptance?.value,
    fulfilment: fulfilment?.value,
    lines: lines?.length ?? 0,
    open: lifecycle?.value === 'cancelled' ? 0 : (lines ?? []).reduce((sum, line) => sum + openQuantity(line), 0),
    total: grand ? `${grand.amount} ${grand.currency}` : undefined,
    notShippable: whyNotShippable(record),
    revision,
    updatedAt: instantText(updatedAt),
    vanished: vanishedAt !== undefined,
  }
}

/** A ship-by time, or day, seen from now. */
export function shipByText(shipBy: string, now: number): string {
  if (shipBy.length === 10) return shipBy
  const at = Date.parse(shipBy)
  return at < now ? ago(at, now) : until(at, now)
}
