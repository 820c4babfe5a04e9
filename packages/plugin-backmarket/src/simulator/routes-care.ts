import { refuse, routesFor, type Answer, type Call } from '@kontor/testkit/simulator'
import { z } from 'zod'
import { folderDetailJson, folderJson } from './care.ts'
import { fieldRefusal, notFound, refusal } from './errors.ts'
import { amountText, type Options } from './options.ts'
import type { Line, Order } from './order.ts'
import { pageOf, pagingOf } from './pages.ts'
import { bodyOf } from './routes-orders.ts'
import type { World } from './world.ts'

const route = routesFor<World, Options>()

/** `YYYY-MM-DD-hh-mm`, the one place where the API writes a time so. */
function minuteOf(query: URLSearchParams, name: string): number {
  const text = query.get(name)
  if (text === null) return Number.NEGATIVE_INFINITY
  const [, day, hour, minute] =
    /^(\d{4}-\d{2}-\d{2})-(\d{2})-(\d{2})$/.exec(text) ?? refuse(fieldRefusal(name, 'Format is YYYY-MM-DD-hh-mm.'))
  return Date.parse(`${day}T${hour}:${minute}:00Z`)
}

/** `amount` is the one number among the API's amounts. */
const Refund = z.object({
  orderline_pk: z.int(),
  refund_type: z.union([z.literal(4), z.literal(5), z.literal(6)]),
  amount: z.number().positive().optional(),
})

function refund(call: Call<World, Options>): Answer {
  const { world, truth, clock } = call
  const body = bodyOf(call, Refund)
  const { order, line } = findLine(world, body.orderline_pk) ?? refuse(notFound('Orderline does not exist'))
  const needed = { 4: 1, 5: 2, 6: 3 }[body.refund_type]
  if (line.state !== needed)
    return refusal(
      400,
      'E031',
      `Refund type ${body.refund_type} is not allowed for an orderline in state ${line.state}.`,
    )
  const whole = line.price * line.quantity
  const rest = whole - line.refunded
  const wanted =
    body.refund_type === 6 && body.amount !== undefined
      ? Math.round(body.amount * (order.currency === 'JPY' ? 1 : 100))
      : rest
  if (wanted > rest || wanted <= 0) return refusal(400, 'E032', 'The amount exceeds what is left to refund.')
  line.refunded += wanted
  if (body.refund_type !== 6) line.state = body.refund_type
  else if (line.refunded === whole) line.state = 6
  order.modified = clock.now()
  truth.add('refund-paid', `${line.id}`, {
    order: order.id,
    amount: amountText(wanted, order.currency),
    type: body.refund_type,
  })
  return { status: 201, text: `${amountText(wanted, order.currency)}€ refunded on the sku ${line.sku}` }
}

const problemTypes = [
  'ACCOUNT_LOCKED',
  'CODE_LOCKED',
  'DAMAGED_PACKAGE',
  'ITEM_NOT_RECEIVED',
  'MISSING_PART',
  'OOW_ITEM',
  'PROBLEM_NOT_IDENTIFIED',
  'WRONG_ITEM',
  'OTHER',
]
const withDocument = new Set(['DAMAGED_PACKAGE', 'ITEM_NOT_RECEIVED', 'OOW_ITEM'])
/** Numbers from here on are of the new kind. */
const newFolders = 100_000_000

function declareProblem({ world, params, multipart, clock, truth }: Call<World, Options, { id: string }>): Answer {
  const folder = world.care.get(Number(params.id)) ?? refuse(notFound('Care Folder does not exist'))
  const parts = multipart()
  const field = (name: string): string | undefined => parts.find((part) => part.name === name)?.text()
  const type = field('problem_type') ?? 'OTHER'
  const attached = parts.filter(({ name }) => name === 'attachment')
  if (!problemTypes.includes(type)) return refusal(422, 'E040', 'Unknown problem type.')
  if (folder.id < newFolders && (type !== 'OTHER' || field('message') !== undefined || attached.length > 0))
    return refusal(422, 'E041', 'Only OTHER problem type is allowed for IDs lower than 100,000,000.')
  if (withDocument.has(type) && attached.length === 0)
    return refusal(422, 'E042', 'Attachments are mandatory for this problem type.')
  if (folder.closed !== null) return refusal(422, 'E043', 'Cannot declare problem on this Care Folder.')
  folder.modified = clock.now()
  truth.add('problem-declared', String(folder.id), { type })
  return { status: 201 }
}

const Transfer = z.object({
  shipperName: z.string().min(1),
  trackingNumber: z.string().min(1),
  action: z.enum(['REPAIR', 'REPLACE', 'NOTHING']).optional(),
})

function transferItem(call: Call<World, Options, { id: string }>): Answer {
  const { world, params, clock, truth } = call
  const folder = world.care.get(Number(params.id)) ?? refuse(notFound('Care folder does not exit'))
  const { trackingNumber, action } = bodyOf(call, Transfer)
  if (folder.id >= newFolders)
    return refusal(422, 'E044', 'Care folders with ID above 100,000,000 are not yet supported on this endpoint.')
  if (
    truth.effects.some(
      ({ what, detail }) => what === 'item-transferred' && JSON.stringify(detail).includes(`"${trackingNumber}"`),
    )
  )
    return refusal(400, 'E045', 'An item transfer with this tracking number already exists')
  folder.modified = clock.now()
  truth.add('item-transferred', String(folder.id), { trackingNumber, action: action ?? 'NOTHING' })
  return { status: 201 }
}

function findLine(world: World, id: number): { order: Order; line: Line } | undefined {
  for (const order of world.orders.values()) {
    const line = order.lines.find((each) => each.id === id)
    if (line !== undefined) return { order, line }
  }
  return undefined
}

/** A label of Back Market's own; it exists once the lines are accepted. */
function deliveryJson(order: Order) {
  const time = `${new Date(order.modified).toISOString().slice(0, 19)}+00:00`
  return {
    order: order.id,
    shipmentId: order.id * 10,
    carrierId: 7,
    carrierName: order.tracking.shipper,
    orderlines: order.lines.map(({ id }) => id),
    referenceNumber: String(order.id),
    trackingNumber: `BS${order.id}`,
    trackingUrl: `https://tracking.example.com/BS${order.id}`,
    labelUrl: `/static/label-${order.id}.pdf`,
    hubScanned: order.shipped !== null,
    invoicedCurrency: order.currency,
    invoicedPrice: 30,
    datePickup: time,
    dateCreation: time,
    dateDelivery: time,
    type: 'DELIVERY',
    pickupInfo: {
      confirmationNumber: '',
      datePickupActual: '',
      datePickupRangeStart: '',
      datePickupRangeEnd: '',
      datePickupRequested: '',
      isCanceled: false,
      pickupId: 0,
    },
  }
}

export const careRoutes = [
  route.get(
    '/ws/sav',
    ({ world, query, options }) => {
      const [modified, message, last] = [
        minuteOf(query, 'last_modification_date'),
        minuteOf(query, 'last_message_date'),
        Number(query.get('last_id') ?? 0),
      ]
      const [state, line] = [query.get('state'), query.get('orderline')]
      const all = [...world.care.values()]
      const found = (options.sort === 'newest' ? all.toReversed() : all).filter(
        (folder) =>
          folder.modified >= modified &&
          (folder.messages.at(-1)?.at ?? 0) >= message &&
          folder.id > last &&
          (state === null || (state === '9') === (folder.closed !== null)) &&
          (line === null || String(folder.line.id) === line),
      )
      const page = pageOf(
        found.map((folder) => folderJson(folder, options)),
        pagingOf(query, options, 10),
      )
      return page
    },
    'after-sales folders, ten a page',
  ),
  route.get(
    '/ws/sav/:id',
    ({ world, params, options, url }) => ({
      json: folderDetailJson(
        world.care.get(Number(params.id)) ?? refuse(notFound('Care Folder does not exist')),
        options,
        url,
      ),
    }),
    'one folder',
  ),
  route.post('/ws/sav/refund', refund, 'give money back; answered as text'),
  route.post(
    '/ws/sav/:id/msg',
    ({ world, params, multipart, clock, truth }) => {
      const folder = world.care.get(Number(params.id)) ?? refuse(notFound('Care Folder does not exist'))
      const text =
        multipart()
          .find(({ name }) => name === 'message')
          ?.text() ?? ''
      if (text === '') return fieldRefusal('message', 'This field is required.')
      folder.messages.push({
        id: folder.claim * 10 + folder.messages.length,
        text,
        at: clock.now(),
        initiator: 'Merchant',
      })
      folder.modified = clock.now()
      // A message opens a closed folder again.
      folder.closed = null
      truth.add('message-posted', String(folder.id))
      return { status: 201, json: { id: folder.claim * 10 + folder.messages.length, message: text, attachments: [] } }
    },
    'write to the buyer',
  ),
  route.post('/ws/sav/:id/problem', declareProblem, 'declare a problem'),
  route.post('/ws/sav/:id/item-transfer', transferItem, 'an item goes back to the buyer'),
  route.get(
    '/ws/shipping/v1/deliveries',
    ({ world, query, options }) => {
      const id = query.get('order_id')
      const found = [...world.orders.values()].filter(
        (order) =>
          order.backship &&
          order.lines.some(({ state }) => state === 2 || state === 3) &&
          (id === null || String(order.id) === id),
      )
      return pageOf(found.map(deliveryJson), pagingOf(query, options, 10))
    },
    "labels of Back Market's own",
  ),
  route.get(
    '/static/:name',
    () => ({ headers: { 'content-type': 'application/pdf' }, bytes: Buffer.from('%PDF-1.4\n% label\n%%EOF\n') }),
    'a label',
  ),
]
