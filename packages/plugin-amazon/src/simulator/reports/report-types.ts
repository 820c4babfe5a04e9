import { listingRows } from './listing-rows.ts'
import { orderRows, shippingRows } from './order-rows.ts'
import { returnRows } from './return-rows.ts'
import type { Report, World } from '../world.ts'

export type Row = Readonly<Record<string, string | number>>

/** A kind of report. */
export interface ReportType {
  rows(world: World, report: Report): Row[]
  /** Holds buyers' data: its document is given out to a restricted data token alone. */
  readonly restricted: boolean
  /** The longest window, in days; absent where there is none. */
  readonly days?: number
}

/** Names from the documentation "Report Type Values" (read 2026-11). */
export const reportTypes: ReadonlyMap<string, ReportType> = new Map<string, ReportType>([
  ['GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE', { rows: returnRows, restricted: false, days: 60 }],
  [
    'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL',
    { rows: (world, report) => orderRows(world, report, 'updated'), restricted: false, days: 30 },
  ],
  [
    'GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL',
    { rows: (world, report) => orderRows(world, report, 'created'), restricted: false, days: 30 },
  ],
  ['GET_FLAT_FILE_ORDER_REPORT_DATA_SHIPPING', { rows: shippingRows, restricted: true, days: 60 }],
  ['GET_MERCHANT_LISTINGS_ALL_DATA', { rows: listingRows, restricted: false }],
])
