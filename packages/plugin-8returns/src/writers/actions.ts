import { KontorError, type Parts } from '@kontor/core'
import { z } from 'zod'
import type { Client } from '../client/index.ts'
import { isAllowed, type EightReturnsConfig } from '../config.ts'
import { toLabel, toReturn } from '../mapping/index.ts'
import { endpoints, type AssumedOperation } from '../tables/endpoints.ts'
import { WireReturn, WireRow, type NewReturn } from '../wire/index.ts'
import { recordAnswers, recordArguments } from './record.ts'

type Actions = NonNullable<Parts['actions']>
interface Needs {
  client: Client
  config: EightReturnsConfig
}

/** `SHIRT-M:2, HOSE-32`: SKUs with their quantities. */
const items = z.string().transform((text, context) =>
  text.split(',').map((part) => {
    const match = /^\s*(.+?)(?::(\d{1,4}))?\s*$/.exec(part)
    const quantity = Number(match?.[2] ?? 1)
    if (match?.[1] === undefined || quantity < 1)
      context.addIssue({ code: 'custom', message: 'write SKUs with quantities: "SHIRT-M:2, HOSE-32"' })
    return { sku: match?.[1] ?? '', quantity }
  }),
)
const filled = z.string().trim().min(1)
const createArguments = z.strictObject({
  order: filled.optional(),
  items,
  reference: filled.optional(),
  email: z.email().optional(),
  wants: filled.optional(),
  reason: filled.optional(),
  note: filled.optional(),
  again: z.literal('yes').optional(),
})
const labelArguments = z.strictObject({
  return: filled.optional(),
  carrier: filled.optional(),
  format: z.enum(['pdf', 'png', 'zpl', 'qr']).optional(),
})
const searchArguments = z.strictObject({ search: filled })

/** Commands for people. All but `record` are built to an assumed form and stay off until `allowAssumed` says otherwise. */
export const createActions = ({ client, config }: Needs): Actions => ({
  /** Saves a redacted live answer, and says what differs from what we assume: the first real account turns assumption into knowledge. */
  record: async ({ arguments: given, signal }) => ({
    answers: await recordAnswers({ client, config }, parse(recordArguments, given), signal),
  }),

  async createReturn({ arguments: given, order, signal }) {
    demand('createReturn', config)
    const { order: number, again, items: lines, wants, reason, note, reference, email } = parse(createArguments, given)
    const orderNumber = number ?? order?.numbers?.[0] ?? order?.id
    if (orderNumber === undefined) throw invalid('Say for which order: argument `order`.')
    if (again === undefined) await refuseSecond(client, orderNumber, signal)
    const wanted: NewReturn = {
      orderNumber,
      items: lines.map((line) => ({ ...line, wants, reason, note })),
      reference,
      email,
    }
    const created = WireReturn.safeParse(await client.createReturn(wanted, signal))
    if (!created.success)
      return { created: true, id: null, note: 'The answer has a form we do not know; look for the return in 8returns.' }
    const { id, rmaNumber, lifecycle } = toReturn(created.data, config)
    return { created: true, id, rmaNumber: rmaNumber ?? null, lifecycle: lifecycle?.value ?? null }
  },

  async createLabel({ arguments: given, return: about, signal }) {
    demand('createLabel', config)
    const { return: id = about?.id, carrier, format } = parse(labelArguments, given)
    if (id === undefined) throw invalid('Say for which return: argument `return`.')
    const label = toLabel(await client.createLabel(id, { carrier, format }, signal))
    return z.json().parse(JSON.parse(JSON.stringify(label)))
  },

  async findOrders({ arguments: given, signal }) {
    demand('findOrders', config)
    const { search } = parse(searchArguments, given)
    return { orders: await client.findOrders(search, signal) }
  },
})

/** No idempotency key is known, so the list is asked first whether this order has a return already. */
async function refuseSecond(client: Client, orderNumber: string, signal: AbortSignal): Promise<void> {
  const { rows } = await client.listReturns({ search: orderNumber, page: 1, pageSize: 50 }, signal)
  const found = rows.filter((raw) => {
    const parsed = WireReturn.safeParse(raw)
    return parsed.success && parsed.data.orderNumber === orderNumber
  })
  if (found.length === 0) return
  throw new KontorError('CONFLICT', {
    message: `Order ${orderNumber} has ${found.length === 1 ? 'a return' : `${found.length} returns`} in 8returns already (${found.map((raw) => WireRow.parse(raw).id).join(', ')}), and nothing was created. If another one is meant, add \`again=yes\`.`,
  })
}

function demand(operation: AssumedOperation, config: EightReturnsConfig): void {
  if (isAllowed(operation, config)) return
  throw new KontorError('UNSUPPORTED', {
    message: `${operation} is off: its form is assumed (${endpoints[operation].because}), and it may fail or do something else. Allow it with \`allowAssumed: [${operation}]\`, and watch what it does.`,
    key: 'config.allowAssumed',
  })
}

function parse<S extends z.ZodType>(schema: S, given: unknown): z.output<S> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw invalid(
    parsed.error.issues.map(({ path, message }) => `\`${path.map(String).join('.')}\`: ${message}`).join('; '),
  )
}

const invalid = (message: string): KontorError =>
  new KontorError('RECORD_INVALID', { message: `The arguments are not right. ${message}` })
