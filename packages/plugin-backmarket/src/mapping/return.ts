import { Currency, type Return } from '@kontor/core'
import type { BackMarketConfig } from '../config.ts'
import { careReasons, kindOfReason, labelStates, resolutions, writers } from '../tables/care.ts'
import { lineStates } from '../tables/states.ts'
import type { WireCareFolder } from '../wire.ts'
import { toMoney, type Flags } from './amounts.ts'
import { toTime } from './instants.ts'
import { toOwnSku } from './sku.ts'

/** An after-sales folder as a return: one folder is about one order line. It is opened and closed at Back Market alone. */
export function toReturn(folder: WireCareFolder, config: BackMarketConfig): Return {
  const flags: Flags = new Set()
  const { orderline, client } = folder
  const modified = toTime(folder.date_modification, flags)
  const created = toTime(folder.date_creation, flags)
  const reason = reasonOf(folder)
  const state = sourceOf(folder)
  return {
    entity: 'returns',
    id: folder.id,
    ...(modified === null ? {} : { version: modified }),
    numbers: [folder.id],
    test: config.environment === 'preprod',
    about: { entity: 'orders', id: orderline.order.order_id, number: orderline.order.order_id },
    rmaNumber: folder.id,
    kind: { value: kindOfReason[reason.value] ?? 'claim', source: reason.source },
    lifecycle: { value: folder.state === 0 ? 'requested' : folder.state === 9 ? 'closed' : 'unknown', source: state },
    logistics: logisticsOf(folder),
    financial: financialOf(folder),
    lines: [lineOf(folder, reason, config, flags)],
    labels: labelsOf(folder),
    customer:
      client === null ? null : { firstName: client.first_name, lastName: client.last_name, email: client.email },
    requestedAt: created,
    createdAt: created,
    updatedAt: modified,
    closedAt: toTime(folder.date_closed, flags),
    messages: folder.messages.map(({ id, message, date_creation, initiator }) => ({
      id,
      from: writers.find(([pattern]) => pattern.test(initiator ?? ''))?.[1] ?? 'unknown',
      at: toTime(date_creation, flags),
      text: message,
    })),
    flags: [...flags],
    extensions: { 'backmarket.claims': folder.lines.map(({ id }) => id), 'backmarket.market': folder.country_code },
  }
}

const sourceOf = ({ state }: WireCareFolder): string =>
  state === 0 ? '0 open' : state === 9 ? '9 closed' : String(state ?? 'none')

type Reason = { value: (typeof careReasons)[number][1] | 'other'; source: string }

function reasonOf({ lines }: WireCareFolder): Reason {
  const words = lines
    .flatMap(({ issues }) => issues.flatMap(({ customerIssue, tag }) => [customerIssue, tag]))
    .filter((word) => word !== null)
  const source = words.join(', ').slice(0, 200)
  return { value: careReasons.find(([pattern]) => words.some((word) => pattern.test(word)))?.[1] ?? 'other', source }
}

function lineOf(
  { orderline, lines }: WireCareFolder,
  reason: Reason,
  config: BackMarketConfig,
  flags: Flags,
): NonNullable<Return['lines']>[number] {
  const sku = orderline.snapshot?.sku ?? null
  const wanted = lines.map(({ resolution_choice: choice }) => choice).find((choice) => choice !== null)
  return {
    id: orderline.id,
    orderLineId: orderline.id,
    sku: sku === null ? null : toOwnSku(sku, config.skuMap),
    quantity: { requested: orderline.quantity },
    reason,
    requestedResolution:
      wanted === undefined || wanted === null ? null : { value: resolutions[wanted] ?? 'unknown', source: wanted },
    unitPrice: toMoney(orderline.price, Currency.safeParse(orderline.order.currency).data ?? null, flags),
  }
}

type Label = WireCareFolder['lines'][number]['return_labels'][number]
const labelsHome = ({ lines }: WireCareFolder): Label[] =>
  lines.flatMap((line) => line.return_labels).filter(({ kind }) => kind === 'CUSTOMER_TO_MERCHANT')

function labelsOf(folder: WireCareFolder): NonNullable<Return['labels']> {
  return labelsHome(folder).map(({ state, label }) => ({
    status: labelStates[state ?? ''] ?? 'pending',
    documents:
      label === null ? [] : [{ kind: 'label', format: /\.pdf($|\?)/i.test(label) ? 'pdf' : 'unknown', url: label }],
  }))
}

/** A used label is a parcel on its way; that it has arrived nobody tells here. */
function logisticsOf(folder: WireCareFolder): NonNullable<Return['logistics']> {
  const states = labelsHome(folder).map(({ state }) => state)
  if (states.includes('USED')) return { value: 'in_transit', source: 'label USED' }
  return states.includes('ALIVE')
    ? { value: 'label_created', source: 'label ALIVE' }
    : { value: 'not_shipped', source: states.join(', ') || 'no label' }
}

/** Only a full refund shows in the line's state; a partial one does not. */
function financialOf({ orderline: { state } }: WireCareFolder): NonNullable<Return['financial']> {
  const facts = state === null ? undefined : lineStates[state]
  return {
    value: facts?.refunded === true ? 'refunded' : 'none',
    source: facts === undefined ? String(state ?? 'none') : `${state} ${facts.name}`,
  }
}
