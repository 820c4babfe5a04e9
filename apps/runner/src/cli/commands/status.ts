import { lateOrders, type LateOrder } from '../../store/late.ts'
import { readStatus, type Status } from '../../store/status.ts'
import type { Store } from '../../store/store.ts'
import type { Cli } from '../cli.ts'
import type { Registration } from '../registration.ts'
import { needsPerson } from '../run-report.ts'
import { ago, instantText, optionalInstant, until } from '../time.ts'
import { waitingRecords, type WaitingRecord } from '../waiting.ts'
import { withStore } from '../with-store.ts'

/** How things stand, on one screen. */
export const status: Registration = (program, act) =>
  void program
    .command('status')
    .description('how things stand')
    .action(
      act(
        async (cli) =>
          await withStore(cli, async (store) => {
            const found = await readStatus(store)
            const waiting = await waitingRecords(store, 10)
            const late = await ordersInHaste(cli, store)
            cli.out.result(documentOf(found, late), () => show(cli, found, waiting, late))
            return needsPerson(found) > 0 ? 4 : 0
          }),
      ),
    )

/** Orders that soon have to leave, as far ahead as each connection wants to be warned. */
async function ordersInHaste(cli: Cli, store: Store): Promise<LateOrder[]> {
  const late: LateOrder[] = []
  for (const { name, shipByWarningMs } of (await cli.config()).connections.values())
    late.push(...(await lateOrders(store, cli.clock.now() + shipByWarningMs, name)))
  return late.toSorted((a, b) => a.shipBy - b.shipBy)
}

function show(cli: Cli, found: Status, waiting: readonly WaitingRecord[], late: readonly LateOrder[]): void {
  const { out } = cli
  const total = found.unmatched.reduce((sum, { count }) => sum + count, 0)
  const now = cli.clock.now()
  out.print(
    found.runner
      ? `Runner: ${out.paint.green('at work')} (process ${found.runner.owner.split('/')[1] ?? '?'} on ${found.runner.owner.split('/')[0]})`
      : `Runner: ${out.paint.yellow('not running')}`,
  )
  if (found.connections.length === 0) return out.print('Nothing has run yet.')
  out.print()
  out.table(found.connections, [
    { title: 'CONNECTION', value: (row) => row.name },
    { title: 'ACCOUNT', value: (row) => row.account, shrinkTo: 10 },
    {
      title: 'RECORDS',
      align: 'left',
      value: (row) =>
        Object.entries(row.records)
          .map(([entity, count]) => `${count} ${entity}`)
          .join(', '),
      shrinkTo: 16,
    },
    { title: 'STANDS STILL', value: (row) => row.pausedBy?.message, shrinkTo: 20, paint: () => 'red' },
  ])
  section(cli, 'Reading', found.streams, [
    { title: 'READER', value: (row) => `${row.connection}/${row.reader}`, shrinkTo: 14 },
    { title: 'CAUGHT UP', value: (row) => (row.caughtUpAt === undefined ? 'not yet' : ago(row.caughtUpAt, now)) },
    // A backfill is run when somebody asks for it.
    { title: 'NEXT', value: (row) => (row.reader.includes(' (backfill ') ? undefined : until(row.dueAt, now)) },
    {
      title: 'ERROR',
      value: (row) => row.error && `${row.error.code}: ${row.error.message}`,
      shrinkTo: 20,
      paint: () => 'red',
    },
  ])
  section(cli, 'Delivering', found.deliveries, [
    { title: 'TO', value: (row) => row.destination },
    { title: 'ENTITY', value: (row) => row.entity },
    ...(['pending', 'waiting', 'sent', 'held', 'parked', 'refused', 'done', 'skipped'] as const).map((state) => ({
      title: state.toUpperCase(),
      value: (row: Status['deliveries'][number]) => row.counts[state],
      ...(state === 'parked' || state === 'refused' || state === 'held' ? { paint: () => 'red' as const } : {}),
    })),
    { title: 'OLDEST OPEN', value: (row) => (row.oldestOpen === undefined ? undefined : ago(row.oldestOpen, now)) },
  ])
  section(
    cli,
    `Waiting for an order or a return${total > waiting.length ? ` (${waiting.length} of ${total})` : ''}`,
    waiting,
    [
      { title: 'RECORD', value: (row) => row.record, shrinkTo: 14 },
      { title: 'ENTITY', value: (row) => row.entity },
      { title: 'SINCE', value: (row) => ago(row.since, now) },
      { title: 'WHY', value: (row) => row.reason, shrinkTo: 20 },
    ],
  )
  section(cli, `To be shipped now or soon (${late.length})`, late.slice(0, 10), [
    { title: 'ORDER', value: (row) => row.key, shrinkTo: 14 },
    {
      title: 'SHIP BY',
      value: (row) => (row.shipBy <= now ? `late, ${ago(row.shipBy, now)}` : until(row.shipBy, now)),
      paint: (row) => (row.shipBy <= now ? 'red' : 'yellow'),
    },
    { title: 'OPEN', value: (row) => row.open },
  ])
  section(cli, 'Rejected', found.rejections, [
    { title: 'FROM', value: (row) => row.connection },
    { title: 'COUNT', value: (row) => row.count },
  ])
  section(cli, 'Warnings', found.notices, [
    { title: 'FROM', value: (row) => row.connection },
    { title: 'SINCE', value: (row) => ago(row.since, now) },
    { title: 'WHAT', value: (row) => row.message, shrinkTo: 30, paint: () => 'yellow' },
    { title: 'UNTIL', value: (row) => (row.until === undefined ? undefined : until(row.until, now)) },
  ])
  section(cli, 'Troubles with plugins', found.troubles, [
    { title: 'CONNECTION', value: (row) => row.connection },
    { title: 'SINCE', value: (row) => ago(row.since, now) },
    { title: 'TIMES', value: (row) => row.times },
    { title: 'WHAT', value: (row) => row.message, shrinkTo: 30, paint: () => 'red' },
  ])
  const open = needsPerson(found)
  if (open > 0)
    out.print(`
${out.paint.yellow(`${open} for a person to look at:`)} "kontor deliveries list", "kontor rejections list"`)
}

function section<Row>(
  { out }: Cli,
  title: string,
  rows: readonly Row[],
  columns: Parameters<typeof out.table<Row>>[1],
): void {
  if (rows.length === 0) return
  out.print(`\n${out.paint.bold(title)}`)
  out.table(rows, columns)
}

/** For programs: times as instants. */
const documentOf = (
  { streams, deliveries, unmatched, notices, troubles, runner, ...rest }: Status,
  late: readonly LateOrder[],
): unknown => ({
  ...rest,
  late: late.map(({ shipBy, ...each }) => ({ ...each, shipBy: instantText(shipBy) })),
  streams: streams.map(({ dueAt, caughtUpAt, ...stream }) => ({
    ...stream,
    dueAt: instantText(dueAt),
    caughtUpAt: optionalInstant(caughtUpAt),
  })),
  deliveries: deliveries.map(({ oldestOpen, ...delivery }) => ({
    ...delivery,
    oldestOpen: optionalInstant(oldestOpen),
  })),
  notices: notices.map(({ since, until, ...each }) => ({
    ...each,
    since: instantText(since),
    until: optionalInstant(until),
  })),
  troubles: troubles.map(({ since, ...each }) => ({ ...each, since: instantText(since) })),
  unmatched: unmatched.map(({ oldest, ...each }) => ({ ...each, oldest: instantText(oldest) })),
  runner: runner && { owner: runner.owner, until: instantText(runner.until) },
})
