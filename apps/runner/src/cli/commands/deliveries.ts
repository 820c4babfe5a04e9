import { KontorError } from '@kontor/core'
import { deliveryStates, type DeliveryState } from '../../store/schema.ts'
import { listDeliveries, retryDeliveries, skipDeliveries, type DeliveryView } from '../../store/queries.ts'
import type { Store } from '../../store/store.ts'
import type { Cli } from '../cli.ts'
import { oneOf } from '../names.ts'
import type { Registration } from '../registration.ts'
import { ago, parseCount } from '../time.ts'
import { UsageError } from '../usage-error.ts'
import { withStore } from '../with-store.ts'
import { deliveryColumns, deliveryDocument, stateText } from './deliveries-view.ts'

const shownStates = ['open', ...deliveryStates] as const
/** What a person may send again. */
const stopped: readonly DeliveryState[] = ['parked', 'refused', 'waiting', 'held']

interface Filter {
  to?: string
  entity?: string
  state?: string
  limit?: number
}

interface RetryOptions extends Filter {
  all?: boolean
  held?: string
  despiteDoubt?: boolean
}

/** The wishes: what is to be where, and how far it is. */
export const deliveries: Registration = (program, act) => {
  const group = program.command('deliveries').description('what goes where, and how far it is')
  group
    .command('list')
    .description('deliveries, newest change first')
    .argument('[record]', 'only those of this record (connection/id)')
    .option('--to <connection>', 'only to this connection')
    .option('--entity <entity>', 'only of this entity')
    .option('--state <state>', `${shownStates.join(', ')}; default: open and refused`)
    .option('--limit <count>', 'at most so many', parseCount, 200)
    .action(
      act(
        async (cli, record: string | undefined, filter: Filter) =>
          await withStore(cli, async (store) => {
            const found = await listed(store, record, filter)
            cli.out.result(found.map(deliveryDocument), () => {
              if (found.length === 0)
                cli.out.print(
                  record === undefined && filter.state === undefined ? 'Nothing is open, nothing is refused.' : 'None.',
                )
              else cli.out.table(found, deliveryColumns(cli.clock.now()))
            })
          }),
      ),
    )
  group
    .command('show')
    .description('the deliveries of one record, in full')
    .argument('<record>', 'connection/id')
    .option('--to <connection>', 'only to this connection')
    .action(
      act(
        async (cli, record: string, { to }: Filter) =>
          await withStore(cli, async (store) => {
            const found = await existing(store, record, to)
            cli.out.result(found.map(deliveryDocument), () => found.forEach((each) => showOne(cli, each)))
          }),
      ),
    )
  group
    .command('retry')
    .description('send again what is parked, refused, waiting or held')
    .argument('[record]', 'connection/id; without it, --all or --held')
    .option('--to <connection>', 'only to this connection')
    .option('--entity <entity>', 'only of this entity')
    .option('--state <state>', `only in this state: ${stopped.join(', ')}`)
    .option('--all', 'every record; those in doubt only with --despite-doubt')
    .option('--held <connection>', 'release what a guard holds back from this connection')
    .option('--despite-doubt', 'you have looked at the destination: it has not taken effect there')
    .action(
      act(
        async (cli, record: string | undefined, options: RetryOptions) =>
          await withStore(cli, async (store) => await retry(cli, store, record, options)),
      ),
    )
  group
    .command('skip')
    .description('give a delivery up: done elsewhere, or not wanted any more')
    .argument('<record>', 'connection/id')
    .option('--to <connection>', 'only to this connection')
    .action(
      act(
        async (cli, record: string, { to }: Filter) =>
          await withStore(cli, async (store) => {
            await existing(store, record, to)
            const skipped = await skipDeliveries(store, { record, destination: to })
            cli.out.result({ skipped }, () =>
              cli.out.print(
                skipped === 0
                  ? 'Nothing to skip: all are done.'
                  : `Skipped ${skipped}. A newer revision of the record is delivered again.`,
              ),
            )
          }),
      ),
    )
}

/** Without a word about it: what is not at its end, and what ended badly. Of one record: all. */
async function listed(
  store: Store,
  record: string | undefined,
  { to, entity, state, limit }: Filter,
): Promise<DeliveryView[]> {
  const states =
    state !== undefined
      ? [oneOf(state, shownStates, 'state of a delivery')]
      : record !== undefined
        ? [undefined]
        : (['open', 'refused'] as const)
  const found = await Promise.all(
    states.map(async (each) => await listDeliveries(store, { destination: to, entity, state: each, record, limit })),
  )
  return found
    .flat()
    .toSorted((a, b) => b.updatedAt - a.updatedAt)
    .slice(0, limit)
}

async function existing(store: Store, record: string, destination: string | undefined): Promise<DeliveryView[]> {
  const found = await listDeliveries(store, { record, destination })
  if (found.length > 0) return found
  throw new KontorError('NOT_FOUND', {
    message: `There is no delivery of ${record}${destination === undefined ? '' : ` to ${destination}`}. A record is named by its key, connection/id; "kontor trace" finds an order by its number.`,
  })
}

async function retry(cli: Cli, store: Store, record: string | undefined, options: RetryOptions): Promise<void> {
  const { held, all, entity } = options
  if (record === undefined && !all && held === undefined)
    throw new UsageError('Say which: a record (connection/id), --held <connection>, or --all.')
  const state =
    held !== undefined
      ? (['held'] as const)
      : options.state === undefined
        ? stopped
        : [oneOf(options.state, stopped, 'state that can be sent again')]
  const destination = held ?? options.to
  const candidates = (await listDeliveries(store, { record, destination, entity, limit: 100_000 })).filter((each) =>
    state.includes(each.state),
  )
  // A doubt is cleared by somebody who has looked, not by a list.
  const doubtful = options.despiteDoubt ? [] : candidates.filter((each) => each.inDoubt)
  const chosen = candidates.filter((each) => !doubtful.includes(each))
  let retried = 0
  for (const each of chosen)
    retried += await retryDeliveries(store, { record: each.record, destination: each.destination, state: [each.state] })
  cli.out.result({ retried, inDoubt: doubtful.map(deliveryDocument) }, () => {
    cli.out.print(retried === 0 ? 'Nothing is sent again.' : `${retried} will be sent again with the next run.`)
    if (doubtful.length === 0) return
    cli.out.print(`\n${cli.out.paint.yellow('Left alone, because they may have taken effect:')}`)
    cli.out.table(doubtful, deliveryColumns(cli.clock.now()))
    cli.out.print(
      'Look at the destination. If it has nothing of it: the same command with --despite-doubt. If it has: "kontor deliveries skip".',
    )
  })
}

function showOne({ out, clock }: Cli, each: DeliveryView): void {
  const now = clock.now()
  const facts: readonly [string, string | undefined][] = [
    ['state', stateText(each, now)],
    ['flow', each.flow],
    ['lane', each.lane],
    ['wanted', ago(each.createdAt, now)],
    ['last change', ago(each.updatedAt, now)],
    ['call begun', each.begunAt === undefined ? undefined : ago(each.begunAt, now)],
    ['tries', String(each.tries)],
    ['reference', each.reference],
    ['ticket', each.ticket],
    ['why', each.error && `${each.error.code}: ${each.error.message}`],
    [
      'call',
      each.error?.exchange &&
        `${each.error.exchange.method} ${each.error.exchange.url}${each.error.exchange.status === undefined ? '' : ` → ${each.error.exchange.status}`}`,
    ],
  ]
  out.print(out.paint.bold(`${each.entity} ${each.record} → ${each.destination}`))
  for (const [name, value] of facts) if (value !== undefined) out.print(`  ${name.padEnd(12)} ${value}`)
}
