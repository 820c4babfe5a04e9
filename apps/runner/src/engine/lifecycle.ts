import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { randomUUID } from 'node:crypto'
import { KontorError } from '@kontor/core'
import { AgreedClock } from '../store/agreed-clock.ts'
import { assertOpen } from '../store/closed.ts'
import { acquireLease, listLeases, releaseAllOf, renewAll } from '../store/leases.ts'
import { versionOf } from '../store/migrations.ts'
import { announce, withdraw, type About } from '../store/runners.ts'
import { endOrphanedRuns } from '../store/runs.ts'
import type { Store } from '../store/store.ts'

/** The lease of a runner; an embedded store has one. */
const runnerLease = 'runner'
const commandLease = 'command'
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

/**
 * Begins to work on this store. An embedded store has one runner: it is taken over at once where the former one has died, and refused while
 * another is at work. A store on a server has any number; what a dead one held is free at once on its machine, and after its lease elsewhere.
 */
export async function takeOffice(store: Store, owner: string, about: About): Promise<Tenure> {
  if (store.dialect.name === 'postgres') {
    const key = `${runnerLease} ${owner}`
    await acquireLease(store, key, owner, leaseTtlMs)
    await stayOut(store, owner)
    for (const each of await otherOwners(store, owner)) if (isDead(each)) await releaseAllOf(store, each)
    await endOrphanedRuns(store)
    await announce(store, owner, about)
    return keep(store, owner, key)
  }
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
  await stayOut(store, owner)
  const beside = new Set(
    (await listLeases(store.db, store.clock.now())).flatMap(({ key, owner: each }) =>
      key.startsWith(`${commandLease} `) && !isDead(each) ? [each] : [],
    ),
  )
  for (const each of await otherOwners(store, owner)) if (!beside.has(each)) await releaseAllOf(store, each)
  await endOrphanedRuns(store)
  await announce(store, owner, about)
  return keep(store, owner, runnerLease)
}

/** Who moves a store closes it first and asks then who is at work; so a runner that begins meanwhile is seen by one of both. */
async function stayOut(store: Store, owner: string): Promise<void> {
  try {
    await assertOpen(store)
  } catch (thrown) {
    await releaseAllOf(store, owner)
    throw thrown
  }
}

/** Everybody else that holds something, alive or not. */
export async function otherOwners(store: Store, owner: string): Promise<string[]> {
  const holders = await store.db
    .selectFrom('leases')
    .select('owner')
    .distinct()
    .where('owner', '!=', owner)
    .where('until', '>', 0)
    .execute()
  const claimers = await store.db
    .selectFrom('deliveries')
    .select('owner')
    .distinct()
    .where('owner', 'is not', null)
    .where('owner', '!=', owner)
    .execute()
  return [...new Set([...holders, ...claimers].flatMap((row) => row.owner ?? []))]
}

/** A command that reads or writes beside the runners: what it holds is renewed while it works, and others see that it is there. */
export async function workBeside(store: Store, owner: string): Promise<Tenure> {
  const key = `${commandLease} ${owner}`
  await acquireLease(store, key, owner, leaseTtlMs)
  await stayOut(store, owner)
  return keep(store, owner, key)
}

/** Renews what this process holds, and tells when it has lost it. A store that is away for a moment loses nothing: nobody else can take it then. */
function keep(store: Store, owner: string, key: string): Tenure {
  const lost = new AbortController()
  let renewing = false
  const renew = async (): Promise<void> => {
    if (store.clock instanceof AgreedClock) await store.clock.measure(store.db)
    await versionOf(store.db)
    const held = await renewAll(store, owner, leaseTtlMs)
    if (!held.includes(key))
      lost.abort(
        new KontorError('FENCED', {
          message:
            'Another runner has taken over this store while this one stood still. It goes on there; this one ends.',
        }),
      )
  }
  const timer = setInterval(() => {
    if (renewing) return
    renewing = true
    renew()
      .catch((thrown: unknown) => {
        const error = store.dialect.toError(thrown, store.place)
        if (error.failureType === 'config') lost.abort(error)
      })
      .finally(() => (renewing = false))
  }, renewEveryMs)
  return {
    signal: lost.signal,
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await releaseAllOf(store, owner).catch(() => undefined)
      await withdraw(store, owner, key === runnerLease ? undefined : key).catch(() => undefined)
    },
  }
}
