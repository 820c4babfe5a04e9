import { KontorError } from '@kontor/core'
import type { Store } from '../store/store.ts'
import { isDead } from './lifecycle.ts'

/** Throws where a process is at work on the store. One of this machine that has died counts no more. */
export async function assertIdle(store: Store, purpose: string): Promise<void> {
  const holders = await store.db
    .selectFrom('leases')
    .select('owner')
    .distinct()
    .where('until', '>', store.clock.now())
    .execute()
  const alive = holders.map(({ owner }) => owner).filter((owner) => !isDead(owner))
  if (alive.length === 0) return
  const names = alive.map((owner) => `process ${owner.split('/')[1] ?? '?'} on ${owner.split('/')[0] ?? '?'}`)
  throw new KontorError('RUNNER_ACTIVE', {
    message: `${names.join(' and ')} ${names.length === 1 ? 'is' : 'are'} at work on the store ${store.place}. Stop ${names.length === 1 ? 'it' : 'them'} to ${purpose}; a runner that was just ended elsewhere counts for ten seconds more.`,
    key: 'store',
  })
}
