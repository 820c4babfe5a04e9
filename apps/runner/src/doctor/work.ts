import type { StoredError } from '@kontor/core'
import { differences, runnerName } from '../engine/about.ts'
import { isDead } from '../engine/lifecycle.ts'
import { listLeases } from '../store/leases.ts'
import { readStatus } from '../store/status.ts'
import { listRunners, type About } from '../store/runners.ts'
import type { Store } from '../store/store.ts'
import { failure, fine, warning, type Finding } from './finding.ts'

const overdueMs = 15 * 60_000
const longMs = 86_400_000

/** Who works on the store. `about`: what this installation would be as a runner. */
export async function lookAtRunners(store: Store, about: About): Promise<Finding[]> {
  const now = store.clock.now()
  const runners = await listRunners(store.db, now)
  const [alive, dead] = [
    runners.filter((each) => each.alive && !isDead(each.owner)),
    runners.filter((each) => !each.alive || isDead(each.owner)),
  ]
  const stale = (await listLeases(store.db, now)).filter(({ owner }) => isDead(owner))
  return [
    alive.length > 0
      ? fine('runners', `${alive.map(({ owner }) => runnerName(owner)).join(', ')}.`)
      : warning('runners', 'None is at work.', 'Start "kontor run".'),
    ...alive.flatMap((each) =>
      differences(about, each).map((message) =>
        warning('runners', message, 'Give all runners the same version, plugins and config, then start them again.'),
      ),
    ),
    ...dead.map((each) =>
      warning(
        'runners',
        `${runnerName(each.owner)}, started ${new Date(each.startedAt).toISOString()}, has ended without saying so.`,
        'What it was at has been taken up. Look into its log; this is forgotten after a day.',
      ),
    ),
    ...(stale.length > 0
      ? [
          warning(
            'leases',
            `${stale.length} are held by processes that no longer run: ${stale.map(({ key }) => key).join(', ')}.`,
            'They are over within ten seconds, or when the next runner starts.',
          ),
        ]
      : []),
  ]
}

/** What stands still. */
export async function lookAtWork(store: Store): Promise<Finding[]> {
  const now = store.clock.now()
  const status = await readStatus(store)
  const reason = (error: StoredError | undefined): string =>
    error ? `${error.code}: ${error.message}` : 'no reason is known'
  const count = (state: 'parked' | 'held' | 'refused') =>
    status.deliveries.reduce((sum, { counts }) => sum + (counts[state] ?? 0), 0)
  const atWork = status.runner !== undefined
  const overdue = await store.db
    .selectFrom('deliveries')
    .select(['destination', (is) => is.fn.countAll().as('count')])
    .where('state', 'in', ['pending', 'sent'])
    .where('due_at', '<', now - overdueMs)
    .where('claim_until', '<=', now)
    .groupBy('destination')
    .execute()
  const open = await store.db
    .selectFrom('deliveries')
    .select(['destination', (is) => is.fn.countAll().as('count')])
    .where('state', '=', 'sent')
    .where('begun_at', '<', now - longMs)
    .groupBy('destination')
    .execute()
  const findings: Finding[] = [
    ...status.connections
      .filter(({ pausedBy }) => pausedBy !== undefined)
      .map(({ name, pausedBy }) =>
        failure(
          'connections',
          `${name} stands still. ${reason(pausedBy)}`,
          'Put right what it says; "kontor check" shows whether it is.',
        ),
      ),
    ...status.streams
      .filter(({ failures, caughtUpAt }) => failures >= 3 || (caughtUpAt !== undefined && now - caughtUpAt > longMs))
      .map(({ connection, reader, failures, error }) =>
        warning(
          'reading',
          failures > 0
            ? `${connection}/${reader} has failed ${failures} times in a row. ${reason(error)}`
            : `${connection}/${reader} has not caught up for more than a day.`,
          `"kontor explain" says more of a code; "kontor check ${connection}" asks the system.`,
        ),
      ),
    ...(atWork
      ? overdue.map(({ destination, count: some }) =>
          warning(
            'deliveries',
            `${Number(some)} to ${destination} have been due for more than a quarter of an hour.`,
            'It may be slow, at its rate limit, or fail: "kontor status", "kontor deliveries list --to ' +
              destination +
              '".',
          ),
        )
      : []),
    ...open.map(({ destination, count: some }) =>
      warning(
        'deliveries',
        `${destination} has not said for more than a day what became of ${Number(some)}.`,
        'Look there: "kontor deliveries list --state sent".',
      ),
    ),
  ]
  for (const [state, meaning] of [
    ['parked', 'wait for a person: they may have taken effect, or were tried in vain'],
    ['held', 'are held back, by a guard or until their set is complete'],
    ['refused', 'were refused by the destination'],
  ] as const)
    if (count(state) > 0)
      findings.push(warning('deliveries', `${count(state)} ${meaning}.`, `"kontor deliveries list --state ${state}".`))
  return findings.length > 0 ? findings : [fine('work', 'Nothing stands still.')]
}
