import type { SimulatorClock } from '@kontor/testkit/simulator'
import { amountText, type Options } from './options.ts'
import { stateOf, type Line, type Order } from './order.ts'
import type { World } from './world.ts'

/** An after-sales folder: one order line with what the buyer says about it. */
export interface CareFolder {
  readonly id: number
  readonly order: Order
  readonly line: Line
  readonly claim: number
  readonly created: number
  readonly issue: { customerIssue: string; tag: string }
  readonly resolution: string
  modified: number
  closed: number | null
  /** A state that no documentation names. */
  undocumented?: number
  label: 'ALIVE' | 'USED' | 'EXPIRED' | null
  messages: { id: number; text: string; at: number; initiator: string }[]
}

const stories = [
  { issue: { customerIssue: 'BATTERY_NOT_CHARGING', tag: 'TECHNICAL' }, resolution: 'REPAIR_REPLACE', label: 'ALIVE' },
  { issue: { customerIssue: 'CHANGED_MY_MIND', tag: 'WITHDRAWAL' }, resolution: 'REFUND', label: 'ALIVE' },
  { issue: { customerIssue: 'WRONG_COLOR', tag: 'NON_COMPLIANT' }, resolution: 'REPLACE', label: null },
  { issue: { customerIssue: 'PARCEL_NOT_RECEIVED', tag: 'DELIVERY' }, resolution: 'REFUND', label: null },
] as const

export function openCareFolder(
  world: World,
  clock: SimulatorClock,
  order: Order,
  resolution?: string,
): CareFolder | undefined {
  const [line] = order.lines
  if (line === undefined) return undefined
  const story = stories[world.next.care % stories.length] ?? stories[0]
  const folder: CareFolder = {
    id: world.next.care++,
    order,
    line,
    claim: world.next.claim++,
    created: clock.now(),
    modified: clock.now(),
    closed: null,
    issue: story.issue,
    resolution: resolution ?? story.resolution,
    label: story.label,
    messages: [
      {
        id: world.next.claim * 10,
        text: 'Hello, I would like to send this back.',
        at: clock.now(),
        initiator: 'Client',
      },
    ],
  }
  world.care.set(folder.id, folder)
  return folder
}

/** Times of Care have an offset. */
const time = (ms: number | null): string | null =>
  ms === null ? null : `${new Date(ms).toISOString().slice(0, 19)}+00:00`

export function folderJson(
  { id, order, line, claim, created, modified, closed, undocumented, messages }: CareFolder,
  { merchant }: Options,
) {
  return {
    id,
    client: 0,
    merchant,
    orderline: line.id,
    date_creation: time(created),
    date_modification: time(modified),
    date_last_message: time(messages.at(-1)?.at ?? created),
    ...(closed === null ? {} : { date_closed: time(closed) }),
    state: undocumented ?? (closed === null ? 0 : 9),
    lines: [claim],
    country_code: order.market,
    backcare: line.backcare,
  }
}

/** The folder with its claim, labels, messages and order line. */
export function folderDetailJson(folder: CareFolder, options: Options, url: string) {
  const { order, line, claim, issue, resolution, label, messages, created, closed } = folder
  const { client: _client, merchant: _merchant, ...head } = folderJson(folder, options)
  return {
    ...head,
    client: {
      id: 0,
      username: '',
      first_name: order.person.firstName,
      last_name: order.person.lastName,
      email: order.person.email,
    },
    merchant: { id: options.merchant, username: '', first_name: '', last_name: '' },
    lines: [
      {
        id: claim,
        issues: [issue],
        state: closed === null ? 0 : 9,
        resolution_choice: resolution,
        declared_warranty_state: 'IN_WARRANTY',
        return_labels:
          label === null
            ? []
            : [
                {
                  date_creation: time(created),
                  state: label,
                  label: `${url}/static/return-${folder.id}.pdf`,
                  initiator: 'BackMarket',
                  kind: 'CUSTOMER_TO_MERCHANT',
                },
              ],
      },
    ],
    messages: messages.map(({ id, text, at, initiator }) => ({
      id,
      message: text,
      date_creation: time(at),
      attachments: [],
      initiator,
      kind: `${initiator.toUpperCase()}_TO_ALL`,
      is_informative: false,
    })),
    orderline: {
      id: line.id,
      quantity: line.quantity,
      price: amountText(line.price, order.currency),
      state: line.state,
      snapshot: {
        id: 0,
        sku: line.sku,
        listing: line.listing,
        product: { product_id: line.product, category_3: { category_name: 'Smartphones' } },
      },
      order: {
        order_id: order.id,
        state: stateOf(order),
        currency: order.currency,
        country_code: order.market,
        date_creation: time(order.created),
        date_modification: time(order.modified),
      },
    },
  }
}
