import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { randomUUID } from 'node:crypto'
import { KontorError } from '@kontor/core'
import { acquireLease, releaseAllOf, renewAll } from '../store/leases.ts'
import { endOrphanedRuns } from '../store/runs.ts'
import type { Store } from '../store/store.ts'

/** The lease of the one runner that works on an embedded store. */
const runnerLease = 'runner'
export const leaseTtlMs = 10_000
const renewEveryMs = 2_000

/** Names this process so that another on the same machine can tell whether it still lives: host, id, its start, and chance. */
export const ownerName = (): string =>
  `${hostname()}/${process.pid}/${startOf(process.pid) ?? '0'}/${randomUUID().slice(0, 8)}`

/** When a process was started, in the kernel's ticks: an id alone may have been given to another meanwhile. */
function startOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]
  } catch {
    return undefined
  }
}

/** True where the owner was a process of this machine that no longer runs. A stopped process still runs: its lease has to expire. */
export function isDead(owner: string): boolean {
  const [host, pid, start] = owner.split('/')
  if (host !== hostname() || pid === undefined) return false
  try {
    process.kill(Number(pid), 0)
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH'
  }
  return start !== '0' && startOf(Number(pid)) !== start
}

export interface Tenure extends AsyncDisposable {
  /** Aborted where another runner has taken over while this process was stopped or cut off. */
  signal: AbortSignal
}

/** Becomes the runner of this store, at once where the former one has died, or refuses while another is at work. */
export async function takeOffice(store: Store, owner: string): Promise<Tenure> {
  let former: string | undefined
  const lease = await acquireLease(store, runnerLease, owner, leaseTtlMs, (holder) => {
    former = holder
    return isDead(holder)
  })
  if (!lease) {
    const [host, pid] = (former ?? '').split('/')
    throw new KontorError('RUNNER_ACTIVE', {
      message: `Another runner (process ${pid} on ${host}) is at work on this store. Stop it first; all other commands work beside it.`,
      key: 'store',
    })
  }
  const others = await store.db
    .selectFrom('leases')
    .select('owner')
    .distinct()
    .where('owner', '!=', owner)
    .where('until', '>', 0)
    .execute()
  for (const other of others) await releaseAllOf(store, other.owner)
  await store.write((tx) =>
    tx
      .updateTable('deliveries')
      .set({ claim_until: 0 })
      .where('owner', 'is not', null)
      .where('owner', '!=', owner)
      .execute(),
  )
  await endOrphanedRuns(store, owner)
  return keep(store, owner)
}

function keep(store: Store, owner: string): Tenure {
  const lost = new AbortController()
  const timer = setInterval(() => {
    renewAll(store, owner, leaseTtlMs).then(
      (held) => {
        if (!held.includes(runnerLease))
          lost.abort(
            new KontorError('FENCED', {
              message:
                'Another runner has taken over this store while this one stood still. It goes on there; this one ends.',
            }),
          )
      },
      (thrown: unknown) => lost.abort(thrown),
    )
  }, renewEveryMs)
  return {
    signal: lost.signal,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await releaseAllOf(store, owner).catch(() => undefined)
    },
  }
}
