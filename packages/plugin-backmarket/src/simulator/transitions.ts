import { refuse, type SimulatorClock, type TruthLog } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { fieldRefusal, notFound, refusal } from './errors.ts'
import type { Options } from './options.ts'
import type { Line, Order } from './order.ts'
import { stateOf } from './order.ts'

/** Body of POST /ws/orders/{order_id}. */
export const Update = z.object({
  order_id: z.int(),
  new_state: z.int(),
  sku: z.string().optional(),
  tracking_number: z.string().max(200).optional(),
  tracking_url: z.string().max(300).optional(),
  shipper: z.string().max(200).optional(),
  date_shipping: z.iso.datetime({ offset: true }).optional(),
  imei: z.string().max(15).optional(),
  serial_number: z.string().max(50).optional(),
  vat_type: z.enum(['REGULAR', 'MARGINAL']).optional(),
  return_reason: z.int().optional(),
  return_message: z.string().max(500).optional(),
})
export type Update = z.output<typeof Update>

/** From which state a line may go to another, by the table of the documentation. */
const from: Readonly<Record<number, number>> = { 2: 1, 4: 1, 5: 2, 6: 3 }
const effects: Readonly<Record<number, string>> = {
  2: 'line-accepted',
  4: 'line-cancelled',
  5: 'line-refunded',
  6: 'line-refunded',
}

interface Scene {
  options: Options
  clock: SimulatorClock
  truth: TruthLog
}

export function applyUpdate(order: Order, update: Update, scene: Scene): void {
  if (update.order_id !== order.id) refuse(fieldRefusal('order_id', 'The order in the body is not the one in the URL.'))
  if (update.new_state === 3) ship(order, update, scene)
  else move(order, update, scene)
  order.modified = scene.clock.now()
}

function move(order: Order, update: Update, { options, truth }: Scene): void {
  const before = from[update.new_state] ?? refuse(fieldRefusal('new_state', `State ${update.new_state} cannot be set.`))
  if (update.sku === undefined) refuse(fieldRefusal('sku', 'This field is required.'))
  const lines = order.lines.filter(({ sku }) => sku.toLowerCase() === update.sku?.toLowerCase())
  if (lines.length === 0) refuse(notFound("The listing doesn't exist"))
  const movable = lines.filter(({ state }) => state === before)
  const [first] = movable
  if (first === undefined)
    refuse(
      refusal(400, 'E021', `Transition from state ${lines[0]?.state} to state ${update.new_state} is not allowed.`),
    )
  for (const line of options.acceptBy === 'line' ? movable.slice(0, 1) : movable) {
    line.state = update.new_state
    if (update.new_state > 3) {
      line.returnReason = update.return_reason ?? 25
      line.returnMessage = update.new_state === 6 ? (update.return_message ?? '') : ''
      line.refunded = line.price * line.quantity
    }
    truth.add(effects[update.new_state] ?? 'line-moved', String(line.id), {
      order: order.id,
      sku: line.sku,
      state: line.state,
    })
  }
  if (update.new_state === 2 && stateOf(order) === 3) truth.add('order-accepted', String(order.id))
}

/** All accepted lines leave together; one that still waits holds the order back. */
function ship(order: Order, update: Update, { clock, truth }: Scene): void {
  const number = update.tracking_number?.trim() ?? ''
  if (number === '') refuse(fieldRefusal('tracking_number', 'This field is required.'))
  if (stateOf(order) !== 3)
    refuse(refusal(400, 'E021', `Transition from order state ${stateOf(order)} to shipped is not allowed.`))
  const lines = order.lines.filter(({ state }) => state === 2)
  if (update.imei !== undefined || update.serial_number !== undefined) {
    const [only] = order.lines
    if (order.lines.length !== 1 || only?.quantity !== 1)
      refuse(fieldRefusal('imei', 'Only for an order of one line with a quantity of 1.'))
    identify(only, order, update, truth, 400)
  }
  for (const line of lines) line.state = 3
  order.shipped = update.date_shipping === undefined ? clock.now() : Date.parse(update.date_shipping)
  order.tracking = { number, url: update.tracking_url ?? '', shipper: update.shipper ?? order.tracking.shipper }
  truth.add('order-shipped', String(order.id), { ...order.tracking, lines: lines.map(({ id }) => id) })
}

/** Registers a device for good: a second value is refused, the same one too. */
export function identify(
  line: Line,
  order: Order,
  { imei, serial_number: serial }: { imei?: string | undefined; serial_number?: string | undefined },
  truth: TruthLog,
  status: number,
): void {
  if (imei === undefined && serial === undefined)
    refuse(fieldRefusal('imei', 'At least one of imei and serial_number is required.', status))
  if (imei !== undefined && !isImei(imei)) refuse(fieldRefusal('imei', `${imei} is not a valid IMEI.`, status))
  if ((imei !== undefined && line.imei !== '') || (serial !== undefined && line.serial !== ''))
    refuse(refusal(status, 'E022', 'The identifier of this orderline is already registered.'))
  if (imei !== undefined) {
    line.imei = imei
    truth.add('imei-registered', String(line.id), { order: order.id, imei })
  }
  if (serial !== undefined) {
    line.serial = serial
    truth.add('serial-registered', String(line.id), { order: order.id, serial })
  }
}

/** ISO/IEC 7812-1, annex B: written here once more, so that a mistake elsewhere is found. */
function isImei(text: string): boolean {
  if (!/^\d{15}$/.test(text)) return false
  let sum = 0
  for (const [index, character] of text.split('').entries()) {
    const digit = Number(character) * (index % 2 === 1 ? 2 : 1)
    sum += Math.trunc(digit / 10) + (digit % 10)
  }
  return sum % 10 === 0
}
