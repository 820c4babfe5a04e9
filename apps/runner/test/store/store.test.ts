import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { KontorError } from '@kontor/core'
import { storedBuckets } from '../../src/store/buckets.ts'
import { storedCredentials } from '../../src/store/credentials.ts'
import { openStore } from '../../src/store/open.ts'
import { rawOfRejection, saveRejections } from '../../src/store/rejections.ts'
import { acquireLease, assertLease, releaseAllOf, renewAll } from '../../src/store/leases.ts'
import { stoppedClock } from '../engine/world.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kontor-store-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const path = (): string => join(folder, 'kontor.db')
const open = (options: { key?: string } = {}) => openStore({ path: path(), clock: stoppedClock(), ...options })

describe('the store', () => {
  it('refuses a store of a newer version in one sentence, and changes nothing', async () => {
    const store = await open()
    await store.db.updateTable('meta').set({ value: '99' }).where('key', '=', 'version').execute()
    await store.close()
    const before = readFileSync(path())
    await expect(open()).rejects.toMatchObject({ code: 'STORE_NEWER', message: expect.stringMatching(/version 99/) })
    expect(readFileSync(path()).equals(before)).toBe(true)
  })

  it.each([
    [
      'is no database',
      () => writeFileSync(path(), 'these are not the bytes of a database, and there are enough of them to be sure'),
    ],
    ['lies below a file', () => writeFileSync(join(folder, 'file'), '')],
  ])('says what is wrong with a path that %s', async (why, prepare) => {
    prepare()
    const broken = why === 'lies below a file' ? join(folder, 'file', 'kontor.db') : path()
    await expect(openStore({ path: broken, clock: stoppedClock() })).rejects.toMatchObject({
      code: 'STORE_UNUSABLE',
      key: 'store',
      message: expect.stringContaining(broken),
    })
  })

  it('reports a full disk, keeps what was acknowledged, and goes on once there is room', async () => {
    const store = await open()
    const sealed = 'x'.repeat(50_000)
    const add = (connection: string) =>
      store.write((tx) =>
        tx.insertInto('credentials').values({ connection, sealed, version: 1, updated_at: 0 }).execute(),
      )
    await add('first')
    const pages = await sql<{ page_count: number }>`pragma page_count`.execute(store.db)
    await sql.raw(`pragma max_page_count = ${pages.rows[0]?.page_count}`).execute(store.db)
    await expect(add('second')).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('the disk is full'),
    })
    expect(await store.db.selectFrom('credentials').select('connection').execute()).toEqual([{ connection: 'first' }])
    await sql.raw('pragma max_page_count = 1000000').execute(store.db)
    await add('second')
    expect(await store.db.selectFrom('credentials').select('connection').execute()).toHaveLength(2)
    await store.close()
  })

  it('can be read by its owner alone, and so can its key', async () => {
    const store = await open()
    await store.close()
    for (const file of [path(), `${path()}.key`]) expect(statSync(file).mode & 0o077, file).toBe(0)
  })

  it('seals raw values: they are in no byte of the file, and open with the key alone', async () => {
    const store = await open()
    const raw = { buyer: 'Erika Muster', email: 'erika@example.com' }
    const error = new KontorError('RECORD_INVALID', { message: 'no price' }).toJSON()
    await store.write((tx) =>
      saveRejections(
        store,
        tx,
        [{ connection: 'shop', reader: 'orders', entity: 'orders', ref: '1', path: 'price', error, raw }],
        0,
      ),
    )
    expect(await rawOfRejection(store, 1)).toEqual(raw)
    await store.close()
    for (const file of [path()]) expect(readFileSync(file).includes('erika@example.com')).toBe(false)
    rmSync(`${path()}.key`)
    const other = await open()
    await expect(rawOfRejection(other, 1)).rejects.toThrow('unable to authenticate')
    await other.close()
  })

  it('undoes a transaction that fails', async () => {
    const store = await open()
    await expect(
      store.write(async (tx) => {
        await tx.insertInto('flows').values({ id: 'a', first_run_at: 1 }).execute()
        throw new KontorError('ORDER_UNKNOWN', { message: 'no' })
      }),
    ).rejects.toMatchObject({ code: 'ORDER_UNKNOWN' })
    expect(await store.db.selectFrom('flows').selectAll().execute()).toEqual([])
    await store.close()
  })

  it('keeps buckets over a restart: an hourly budget that is spent stays spent', async () => {
    const clock = stoppedClock()
    const spec = { burst: 10, per: '1h' as const, source: 'test' }
    const first = await openStore({ path: path(), clock })
    expect(await storedBuckets(first).take([{ key: 'a', spec, n: 10 }], clock.now(), 'first')).toEqual({ waitMs: 0 })
    await first.close()
    const second = await openStore({ path: path(), clock })
    expect((await storedBuckets(second).take([{ key: 'a', spec, n: 1 }], clock.now(), 'first')).waitMs).toBeGreaterThan(
      3_500_000,
    )
    clock.move(3_700_000)
    expect(await storedBuckets(second).take([{ key: 'a', spec, n: 1 }], clock.now(), 'first')).toEqual({ waitMs: 0 })
    await storedBuckets(second).block(['a'], clock.now() + 5_000)
    expect((await storedBuckets(second).take([{ key: 'a', spec, n: 1 }], clock.now(), 'first')).waitMs).toBe(5_000)
    await second.close()
  })

  it('keeps the rate a system told, above the stated one too, for every process and over a restart', async () => {
    const clock = stoppedClock()
    const spec = {
      burst: 2,
      per: '20s' as const,
      kind: 'token' as const,
      source: 'test',
      learn: { limit: 'x-rate', raises: true },
    }
    const draws = [{ key: 'a', spec, n: 2 }]
    const first = await openStore({ path: path(), clock })
    await storedBuckets(first).take(draws, clock.now(), 'first')
    await storedBuckets(first).learn('a', spec, { limit: 1 }, clock.now())
    await first.close()
    const second = await openStore({ path: path(), clock })
    expect(await storedBuckets(second).take(draws, clock.now(), 'first')).toEqual({ waitMs: 2000 })
    await second.close()
  })

  it('swaps renewed credentials once: the second of two that renewed the same ones loses; new ones in the config win', async () => {
    const store = await open()
    const kept = storedCredentials(store, 'shop', { refresh: 'a' })
    expect(await kept.load()).toEqual({ refresh: 'a' })
    expect(
      await Promise.all([kept.swap({ refresh: 'a' }, { refresh: 'b' }), kept.swap({ refresh: 'a' }, { refresh: 'c' })]),
    ).toEqual([true, false])
    expect(await storedCredentials(store, 'shop', { refresh: 'a' }).load()).toEqual({ refresh: 'b' })
    expect(await storedCredentials(store, 'shop', { refresh: 'new' }).load()).toEqual({ refresh: 'new' })
    await store.close()
  })

  it('gives a lease to one owner at a time; who was late is told so', async () => {
    const clock = stoppedClock()
    const store = await openStore({ path: path(), clock })
    const first = await acquireLease(store, 'job', 'a', 10_000)
    expect(await acquireLease(store, 'job', 'b', 10_000)).toBeUndefined()
    clock.move(9_000)
    expect(await renewAll(store, 'a', 10_000)).toEqual(['job'])
    clock.move(9_000)
    expect(await acquireLease(store, 'job', 'b', 10_000)).toBeUndefined()
    clock.move(2_000)
    const second = await acquireLease(store, 'job', 'b', 10_000)
    expect(second?.fence).toBeGreaterThan(first?.fence ?? 0)
    await expect(store.write(async (tx) => first && (await assertLease(store, tx, first)))).rejects.toMatchObject({
      code: 'FENCED',
    })
    expect(await renewAll(store, 'a', 10_000)).toEqual([])
    await releaseAllOf(store, 'b')
    expect(await acquireLease(store, 'job', 'a', 10_000)).toBeDefined()
    await store.close()
  })
})
