import {
  awaitsAcceptance,
  KontorError,
  preordersToConfirm,
  toInstant,
  type Decision,
  type LineRef,
  type Order,
} from '@kontor/core'
import { openEngine, type OpenEngine } from '../../engine/open-engine.ts'
import { writerFor } from '../../engine/office.ts'
import { operatorSource, ruleSource, stateDecision } from '../../engine/rules.ts'
import { findOrders } from '../../store/queries.ts'
import { recordKey } from '../../store/records.ts'
import { skipUnsent } from '../../store/wishes.ts'
import type { Cli } from '../cli.ts'
import { oneOf } from '../names.ts'
import type { Registration } from '../registration.ts'
import { parseCount } from '../time.ts'
import { UsageError } from '../usage-error.ts'
import { engineOptions } from '../with-store.ts'
import type { StoredOrder } from './orders-view.ts'
import { only } from './trace.ts'

const words = ['accept', 'refuse', 'cancel', 'confirm-preorder'] as const
type Word = (typeof words)[number]
const reasons = ['out_of_stock', 'damaged', 'customer_request', 'address', 'price_error', 'fraud', 'other'] as const

interface Options {
  sku?: string
  quantity?: number
  reason?: string
  message?: string
}

/** What a person decides about an order: stated like any other record, and sent by the runner, or by the next run. */
export const decide: Registration = (program, act) =>
  void program
    .command('decide')
    .description('accept, refuse or cancel an order, or confirm its pre-orders')
    .argument('<order>', 'its key (connection/id), its id, or a number')
    .argument('<decision>', words.join(', '))
    .option('--sku <sku>', 'only the line with this SKU')
    .option('--quantity <count>', 'with --sku: only so many pieces of it', parseCount)
    .option('--reason <reason>', reasons.join(', '))
    .option('--message <text>', 'to the buyer, where the system shows one')
    .action(
      act(async (cli, text: string, given: string, options: Options) => {
        const word = oneOf(given, words, 'decision')
        await using opened = await openEngine(await engineOptions(cli))
        const order = only(text, await findOrders(opened.store, text))
        takesDecisions(opened, order)
        const decision = stated(order, word, options, cli.clock.now())
        const key = recordKey(order.connection, order.id)
        const withdrawn = await opened.store.write(
          async (tx) => {
            const dropped = await skipUnsent(
              tx,
              { source: ruleSource, entity: 'decisions', lane: key },
              cli.clock.now(),
            )
            await stateDecision(opened.engine, tx, operatorSource, decision, 0)
            return dropped
          },
          [`intake ${order.connection}`],
        )
        show(cli, decision, key, withdrawn)
      }),
    )

function takesDecisions({ engine }: OpenEngine, { connection }: StoredOrder): void {
  const office = engine.offices.get(connection)
  if (office && writerFor(office, 'decisions')) return
  throw new KontorError('UNSUPPORTED', {
    message: office
      ? `${connection} takes no decisions: its orders come accepted.`
      : `There is no connection ${connection} in the config any more.`,
  })
}

function stated(order: StoredOrder, word: Word, options: Options, now: number): Decision {
  const { sku, quantity, message } = options
  if (quantity !== undefined && sku === undefined) throw new UsageError('--quantity needs --sku.')
  const reason = options.reason === undefined ? undefined : oneOf(options.reason, reasons, 'reason')
  const key = recordKey(order.connection, order.id)
  return {
    entity: 'decisions',
    id: `${key}#${now}`,
    about: { entity: 'orders', key },
    decision: word === 'confirm-preorder' ? 'confirm_preorder' : word,
    ...linesOf(order.record, word, sku, quantity),
    ...(reason === undefined ? {} : { reason: { value: reason } }),
    ...(message === undefined ? {} : { message }),
    decidedAt: toInstant(now),
    // A person means it now.
    notBefore: toInstant(now),
  }
}

/** Of an order with pre-orders, `accept` and `confirm-preorder` are each about their own lines. */
function linesOf(
  record: Order,
  word: Word,
  sku: string | undefined,
  quantity: number | undefined,
): { lines?: LineRef[] } {
  if (sku !== undefined) {
    if (!record.lines?.some((line) => line.sku === sku))
      throw new UsageError(
        `The order has no line with SKU ${sku}. It has ${(record.lines ?? []).map((line) => line.sku ?? '(none)').join(', ')}.`,
      )
    return { lines: [{ sku, ...(quantity === undefined ? {} : { quantity }) }] }
  }
  const preorders = preordersToConfirm(record)
  if (word === 'confirm-preorder') {
    if (preorders.length === 0) throw new UsageError('No pre-order of this order waits to be confirmed.')
    return { lines: preorders.map(({ id }) => ({ lineId: id })) }
  }
  if (word !== 'accept' || preorders.length === 0) return {}
  if (!awaitsAcceptance(record))
    throw new UsageError('Only pre-orders of this order wait; decide "confirm-preorder" when the goods are there.')
  return {
    lines: (record.lines ?? [])
      .filter(({ status }) => status?.value === 'awaiting_acceptance')
      .map(({ id }) => ({ lineId: id })),
  }
}

function show(cli: Cli, decision: Decision, key: string, withdrawn: number): void {
  const record = recordKey(operatorSource, decision.id)
  cli.out.result({ record, decision: decision.decision, order: key, lines: decision.lines, withdrawn }, () => {
    cli.out.print(`${key}: ${decision.decision}. It is sent by the runner, or with the next "kontor run --once".`)
    if (withdrawn > 0) cli.out.print('What the policy had decided and was not sent yet is given up.')
    cli.out.print(`Follow it with "kontor trace ${key}".`)
  })
}
