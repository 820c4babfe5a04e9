import type { Shipment } from '@kontor/core'
import { words } from '../tables/words.ts'
import { addedLines, lineOf, unitsOf, type ToldLine } from './lines.ts'
import { aboutOf, contentOf, idFrom, referenceOf, toldId } from './reference.ts'
import { codedBy, country, grams, instant, text, trackingNumber, webAddress, type Group } from './values.ts'

/** One parcel: all rows with the same order and tracking number. */
export function toShipment(group: Group<'shipments'>): Shipment | undefined {
  const about = aboutOf(group)
  const tracking = group.one('tracking_number', trackingNumber)
  const status = group.one('status', codedBy(words.shipmentStatus))
  const shipment = {
    carrier: group.one('carrier', text),
    service: group.one('service', text),
    trackingNumber: tracking,
    trackingUrl: group.one('tracking_url', webAddress),
    returnTrackingNumber: group.one('return_tracking_number', trackingNumber),
    shippedAt: group.one('shipped_at', instant),
    deliveredAt: group.one('delivered_at', instant),
    shippedFromCountry: group.one('shipped_from_country', country),
    weightGrams: group.one('weight_grams', grams),
    note: group.one('note', text),
    messageToBuyer: group.one('message', text),
    lines: addedLines(group.rows.flatMap((row) => shippedLine(group, row))),
  }
  if (about === undefined) return undefined
  return {
    entity: 'shipments',
    id: toldId(group) ?? idFrom(referenceOf(about), tracking ?? contentOf(group.rows)),
    about,
    status,
    ...shipment,
  }
}

function shippedLine(group: Group<'shipments'>, row: Group<'shipments'>['rows'][number]): ToldLine[] {
  const [line, units] = [lineOf(group, row), unitsOf(group, row)]
  if (line !== undefined) return [{ line, units }]
  const column = row.cells.has('imei') ? 'imei' : 'serial_number'
  if (units.length > 0) group.fault(row, column, 'a `line` or `sku` beside it that says whose it is', 'SERIAL_INVALID')
  if (row.cells.has('quantity')) group.fault(row, 'quantity', 'a `line` or `sku` beside it that says of what')
  return []
}
