import { spawnSync } from 'node:child_process'
import { hostname } from 'node:os'
import { expect, inject, it, describe } from 'vitest'
import { KontorError } from '@kontor/core'
import { AgreedClock } from '../../src/store/agreed-clock.ts'
import { acquireLease, renewAll } from '../../src/store/leases.ts'
import { openServerStore } from '../../src/store/open.ts'
import { listDeliveries } from '../../src/store/queries.ts'
import { announce, forgetDeadRunners, listRunners } from '../../src/store/runners.ts'
import { beginRun } from '../../src/store/runs.ts'
import { storeVersion } from '../../src/store/migrations.ts'
import { differences } from '../../src/engine/about.ts'
import { settleFlows } from '../../src/engine/flows.ts'
import { Janitor } from '../../src/engine/janitor.ts'
import { ownerName, takeOffice } from '../../src/engine/lifecycle.ts'
import { onEveryDatabase, randomName, serverUrl } from '../databases.ts'
import { createWorld, order, page, start, type FakeOffice } from './world.ts'

const shop: FakeOffice = { name: 'shop', yields: ['orders'], takes: [] }
const depot: FakeOffice = { name: 'depot', yields: [], takes: ['orders'], again: 'ask' }
const flows = [{ entity: 'orders' as const, from: ['shop'], to: ['depot'] }]
const about = {
  kontor: '1.0.0',
  node: '26',
  store: storeVersion,
  connections: { shop: 'shop 1' },
  flows: ['orders:shop>depot'],
  troubles: [],
}
const away = (): never => {
  throw new KontorError('STORE_UNAVAILABLE', { message: 'The store is away.' })
}

onEveryDatabase(() => {
  describe('the store goes away in the middle of a delivery', () => {
    it('and what was claimed is given back once it is there again, as begun', async () => {
      await using world = await createWorld([shop, depot], flows)
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      const { store, engine } = world
      const row = await store.db.selectFrom('deliveries').selectAll().executeTakeFirstOrThrow()
      // As it stands after a claim whose outcome could never be stored: nobody in this process knows of it.
      await store.db
        .updateTable('deliveries')
        .set({
          owner: engine.owner,
          fence: 7,
          claim_until: start + 3_600_000,
          try_key: row.wanted_key,
          try_hash: row.wanted_hash,
          begun_at: start,
        })
        .execute()
      const janitor = new Janitor(engine)
      await janitor.sweep()
      expect((await store.db.selectFrom('deliveries').select('owner').executeTakeFirstOrThrow()).owner).toBe(
        engine.owner,
      )
      await janitor.sweep()
      world.clock.move(180_000)
      await world.deliver('depot')
      await world.deliver('depot')
      expect(world.system('depot').effects).toHaveLength(1)
      expect(await listDeliveries(store)).toMatchObject([{ state: 'done' }])
    })

    it('and what a job of ours is still at stays with it', async () => {
      await using world = await createWorld([shop, depot], flows)
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      const janitor = new Janitor(world.engine)
      const { write } = world.system('depot')
      world.system('depot').write = async function* (batch, begin) {
        await janitor.sweep()
        await janitor.sweep()
        yield* write(batch, begin)
      }
      await world.deliver('depot')
      expect(await listDeliveries(world.store)).toMatchObject([{ state: 'done' }])
    })

    it('and an outcome that is known is stored when it is back, and not asked about', async () => {
      await using world = await createWorld([shop, depot], flows)
      world.system('shop').pages.push(page([order('1')]))
      await world.read('shop')
      const { write } = world.system('depot')
      let failures = 0
      world.system('depot').write = async function* (batch, begin) {
        for await (const outcome of write(batch, begin)) {
          world.store.observe = (point) => {
            if (point === 'before' && failures++ < 2) away()
          }
          yield outcome
        }
      }
      world.system('depot').readBack = () => {
        throw new Error('nobody has to ask')
      }
      await world.deliver('depot')
      expect(failures).toBeGreaterThan(2)
      expect(await listDeliveries(world.store)).toMatchObject([{ state: 'done' }])
    })
  })

  it('runs and work of a process that has died are taken up without a new start', async () => {
    await using world = await createWorld([shop, depot], flows)
    const dead = `${hostname()}/${spawnSync('true').pid}/1/x`
    await acquireLease(world.store, 'pull:shop/all', dead, 3_600_000)
    const run = await beginRun(world.store, { kind: 'pull', connection: 'shop', part: 'all', owner: dead })
    expect(await world.read('shop')).toBeUndefined()
    await new Janitor(world.engine).sweep()
    expect(await world.store.db.selectFrom('runs').select(['id', 'state']).execute()).toEqual([
      { id: run, state: 'died' },
    ])
    expect(await world.read('shop')).toBeDefined()
  })

  it('a clock that is set back holds nothing up', async () => {
    await using world = await createWorld([shop, depot], flows)
    world.clock.move(7_200_000)
    world.system('shop').pages.push(page([order('1', { payment: { value: 'pending' } })]))
    await world.read('shop')
    const janitor = new Janitor(world.engine)
    world.clock.move(-3_600_000)
    await janitor.sweep()
    const { due_at: due } = await world.store.db.selectFrom('streams').select('due_at').executeTakeFirstOrThrow()
    expect(due - world.clock.now()).toBeLessThan(301_000)
    expect(due - world.clock.now()).toBeGreaterThan(290_000)
    // What is told now is newer than what was told by the old time.
    world.clock.move(1000)
    world.system('shop').pages.push(page([order('1')]))
    await world.read('shop')
    await world.deliver('depot')
    expect(await listDeliveries(world.store)).toMatchObject([{ state: 'done' }])
  })

  it('a runner says what it has; what the others have too is not called gone, and where they differ is named', async () => {
    await using world = await createWorld([shop, depot], flows)
    world.system('shop').pages.push(page([order('1')]))
    await world.read('shop')
    await acquireLease(world.store, 'runner there/1/0/x', 'there/1/0/x', 10_000)
    await announce(world.store, 'there/1/0/x', about)
    await settleFlows(world.store, [])
    expect(await listDeliveries(world.store)).toMatchObject([{ state: 'pending' }])
    const [other] = await listRunners(world.store.db, world.clock.now())
    expect(other).toMatchObject({ alive: true, about })
    expect(
      other && differences({ ...about, connections: { shop: 'shop 2', depot: 'depot 1' }, flows: [] }, other),
    ).toEqual([
      'For the connection shop, the runner on there (process 1) has shop 1, this one shop 2.',
      'the runner on there (process 1) does not know the connection depot.',
      'the runner on there (process 1) has flows that this one does not know: orders:shop>depot.',
    ])
    world.clock.move(100_000_000)
    await forgetDeadRunners(world.store)
    expect(await listRunners(world.store.db, world.clock.now())).toEqual([])
    expect(await world.store.db.selectFrom('leases').selectAll().where('key', 'like', 'runner %').execute()).toEqual([])
    await settleFlows(world.store, [])
    expect(await listDeliveries(world.store)).toMatchObject([{ state: 'parked' }])
  })

  it('a runner that was cut off from the store for minutes is no stranger when it is back', async () => {
    await using world = await createWorld([shop, depot], flows)
    const { store, clock } = world
    await acquireLease(store, 'runner there/1/0/x', 'there/1/0/x', 10_000)
    clock.move(10 * 60_000)
    // Another one was back first.
    await forgetDeadRunners(store)
    expect(await renewAll(store, 'there/1/0/x', 10_000)).toEqual(['runner there/1/0/x'])
  })

  it('a runner ends in one sentence when a newer Kontor has brought the store up to date', async () => {
    await using world = await createWorld([shop, depot], flows)
    await using tenure = await takeOffice(world.store, ownerName(), about)
    await world.store.db
      .updateTable('meta')
      .set({ value: String(storeVersion + 1) })
      .where('key', '=', 'version')
      .execute()
    await new Promise<void>((ended) => tenure.signal.addEventListener('abort', () => ended()))
    expect(tenure.signal.reason).toMatchObject({ code: 'STORE_NEWER' })
  })
})

describe.skipIf(inject('postgresUrl') === '')('clocks that differ', () => {
  it('do not matter: runners go by the clock of the database', async () => {
    const url = await serverUrl(randomName())
    const key = '0'.repeat(64)
    const real = { now: () => Date.now(), sleep: async () => undefined }
    const ahead = { now: () => Date.now() + 120_000, sleep: async () => undefined }
    const [right, wrong] = [
      await openServerStore({ url, clock: real, key, agree: true, connections: 2 }),
      await openServerStore({ url, clock: ahead, key, agree: true, connections: 2 }),
    ]
    expect(Math.abs(right.clock.now() - wrong.clock.now())).toBeLessThan(1000)
    expect(wrong.clock).toBeInstanceOf(AgreedClock)
    expect(wrong.clock instanceof AgreedClock && wrong.clock.ahead()).toBeGreaterThan(119_000)
    await acquireLease(right, 'job', 'right', 10_000)
    expect(await acquireLease(wrong, 'job', 'wrong', 10_000)).toBeUndefined()
    await right.close()
    await wrong.close()
  })
})
