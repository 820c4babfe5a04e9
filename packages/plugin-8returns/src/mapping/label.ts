import type { ReturnLabel } from '@kontor/core'
import type { z } from 'zod'
import type { WireLabel } from '../wire/index.ts'
import { toMoney } from './amounts.ts'

const statuses: Readonly<Record<string, z.infer<typeof ReturnLabel>['status']>> = {
  pending: 'pending',
  ready: 'ready',
  failed: 'failed',
  cancelled: 'cancelled',
}

/** A label as ours. Without a status it is ready when there is something to print. */
export function toLabel(wire: WireLabel & { queued: boolean }): z.infer<typeof ReturnLabel> {
  const { id, carrier, trackingNumber, trackingUrl, labelUrl, qrUrl } = wire
  const told = wire.status === undefined ? undefined : statuses[wire.status]
  const printable = labelUrl !== undefined || qrUrl !== undefined
  return {
    id,
    status: told ?? (wire.queued || !printable ? 'pending' : 'ready'),
    carrier,
    trackingNumber,
    trackingUrl,
    documents: [
      ...(labelUrl === undefined ? [] : [{ kind: 'label' as const, format: formatOf(labelUrl), url: labelUrl }]),
      ...(qrUrl === undefined ? [] : [{ kind: 'qr' as const, format: formatOf(qrUrl), url: qrUrl }]),
    ],
    cost: toMoney(wire.cost, wire.currency, new Set()),
    source: 'provider',
  }
}

function formatOf(url: string): 'pdf' | 'png' | 'zpl' | 'svg' | 'unknown' {
  const end = /\.(pdf|png|zpl|svg)(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase()
  return end === 'pdf' || end === 'png' || end === 'zpl' || end === 'svg' ? end : 'unknown'
}
