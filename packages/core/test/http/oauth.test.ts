import { describe, expect, it, vi } from 'vitest'
import type { Json } from '../../src/index.ts'
import { connect, type Connection, type ConnectOptions } from '../../src/host/index.ts'
import { createTestClock } from '../support/clock.ts'
import { errorOf } from '../support/http.ts'
import { leaseShop, life, sharedStoreOf, startWorld, storeOf, type AuthWorld } from '../support/lease-shop.ts'
import { json } from '../support/server.ts'

const open = (
  world: AuthWorld,
  rotates: boolean,
  options: Partial<ConnectOptions<Record<string, never>, { refresh: string }>> = {},
): Promise<Connection<unknown>> => connect(leaseShop(world.server.origin, rotates), { config: {}, ...options })

const account = async (connection: Connection<unknown>): Promise<string | undefined> =>
  (await connection.check()).account
const action = (connection: Connection<unknown>, name: string): Promise<Json> | undefined =>
  connection.actions[name]?.()
const problem = async (connection: Connection<unknown>): Promise<string | undefined> =>
  (await connection.check()).problems[0]?.code

describe('an access token', () => {
  it('is renewed once for all calls that wait for it, and then used until four fifths of its life', async () => {
    const world = await startWorld(false)
    const clock = createTestClock()
    const connection = await open(world, false, { clock, credentials: { refresh: 'refresh-token-0' } })
    expect(await Promise.all([1, 2, 3, 4, 5].map(() => account(connection)))).toEqual(Array(5).fill('access-token-1'))
    clock.advance(life * 799)
    expect(await account(connection)).toBe('access-token-1')
    expect(world.renewals()).toBe(1)
    clock.advance(life)
    expect(await account(connection)).toBe('access-token-2')
    expect(world.renewals()).toBe(2)
  })
  it('that is refused is renewed once, and the question asked again', async () => {
    const world = await startWorld(false)
    const connection = await open(world, false, { credentials: { refresh: 'refresh-token-0' } })
    await account(connection)
    world.revoked.add('access-token-1')
    expect(await account(connection)).toBe('access-token-2')
    world.revoked.add('access-token-2').add('access-token-3').add('access-token-4')
    const before = world.server.seen.filter(({ path }) => path === '/me').length
    expect(await problem(connection)).toBe('AUTH_INVALID')
    expect(world.server.seen.filter(({ path }) => path === '/me').length - before).toBe(2)
  })
  it('that is refused with another status is renewed where the plugin says so', async () => {
    const world = await startWorld(false)
    world.refusal = 403
    const connection = await open(world, false, { credentials: { refresh: 'refresh-token-0' } })
    await account(connection)
    world.revoked.add('access-token-1')
    expect(await account(connection)).toBe('access-token-2')
    world.revoked.add('access-token-2').add('access-token-3')
    expect(await problem(connection)).toBe('AUTH_PERMISSION_MISSING')
    expect(world.renewals()).toBe(3)
  })
  it('is renewed also where the caller takes any status as an answer', async () => {
    const world = await startWorld(false)
    const connection = await open(world, false, { credentials: { refresh: 'refresh-token-0' } })
    await account(connection)
    world.revoked.add('access-token-1')
    expect(await action(connection, 'any')).toEqual([200, 'access-token-2'])
    world.revoked.add('access-token-2').add('access-token-3')
    expect(await action(connection, 'any')).toEqual([401, 'access-token-3'])
    world.revoked.add('access-token-4')
    expect(await action(connection, 'named')).toEqual([401, 'access-token-4'])
  })
  it('that is refused at a call with a single shot is not repeated, but renewed for the next', async () => {
    const world = await startWorld(false)
    const connection = await open(world, false, { credentials: { refresh: 'refresh-token-0' } })
    await account(connection)
    world.revoked.add('access-token-1')
    const batch = [{ key: 'k1', name: 'w/1', record: { entity: 'stock', id: '1', sku: 'S', available: 1 } }] as const
    const write = async (): Promise<number> => {
      let count = 0
      for await (const outcome of connection.writers['stock']?.write(batch) ?? [])
        count += outcome.is === 'done' ? 1 : 0
      return count
    }
    expect(await errorOf(write())).toMatchObject({ code: 'AUTH_EXPIRED', retry: 'backoff', scope: 'record' })
    expect(world.server.seen.filter(({ path }) => path === '/stock')).toHaveLength(1)
    expect(await write()).toBe(1)
  })
  it('serves on while the system that renews it has trouble', async () => {
    const world = await startWorld(false)
    const clock = createTestClock()
    const connection = await open(world, false, { clock, credentials: { refresh: 'refresh-token-0' } })
    await account(connection)
    clock.advance(life * 900)
    world.trouble = (response) => (json(response, {}, 503), true)
    expect(await account(connection)).toBe('access-token-1')
    const renewals = world.renewals()
    expect(await account(connection)).toBe('access-token-1')
    expect(world.renewals()).toBe(renewals)
    clock.advance(life * 200)
    expect(await problem(connection)).toBe('UPSTREAM_UNAVAILABLE')
    world.trouble = undefined
    expect(await account(connection)).toBe('access-token-2')
  })
  it('is renewed for the others when one of those who wait gives up', async () => {
    const world = await startWorld(false)
    let release = (): void => undefined
    world.trouble = (response) => {
      release = () => json(response, { access: `access-token-${++world.issued}`, expires: life })
      return true
    }
    const connection = await open(world, false, { credentials: { refresh: 'refresh-token-0' } })
    const stop = new AbortController()
    const first = errorOf(connection.check(stop.signal))
    const second = account(connection)
    await vi.waitFor(() => expect(world.renewals()).toBe(1))
    stop.abort()
    expect(await first).toMatchObject({ code: 'ABORTED' })
    release()
    expect(await second).toBe('access-token-1')
    expect(world.renewals()).toBe(1)
  })
  it('is renewed in plan mode too: reading needs it', async () => {
    const world = await startWorld(false)
    expect(await account(await open(world, false, { mode: 'plan', credentials: { refresh: 'refresh-token-0' } }))).toBe(
      'access-token-1',
    )
  })
  it('never shows in an error', async () => {
    const world = await startWorld(false)
    const connection = await open(world, false, { credentials: { refresh: 'refresh-token-0' } })
    await account(connection)
    expect(connection.redactor.text('access-token-1 refresh-token-0 Bearer access-token-1')).toBe('*** *** Bearer ***')
  })
})

describe('an access token of several processes', () => {
  it('is fetched by one of them, and again by one when it has run out or was refused', async () => {
    const world = await startWorld(false)
    const clock = createTestClock()
    const store = sharedStoreOf('refresh-token-0')
    const all = await Promise.all([1, 2, 3].map(() => open(world, false, { store, clock })))
    const accounts = (): Promise<(string | undefined)[]> => Promise.all(all.map(account))
    expect(await accounts()).toEqual(Array(3).fill('access-token-1'))
    // One that begins later finds it, too.
    expect(await account(await open(world, false, { store, clock }))).toBe('access-token-1')
    clock.advance(life * 801)
    expect(await accounts()).toEqual(Array(3).fill('access-token-2'))
    world.revoked.add('access-token-2')
    expect(await accounts()).toEqual(Array(3).fill('access-token-3'))
    expect(world.renewals()).toBe(3)
  })
  it('is shared where each renewal replaces the credentials', async () => {
    const world = await startWorld(true)
    const store = sharedStoreOf('refresh-token-0')
    const all = await Promise.all([1, 2, 3].map(() => open(world, true, { store })))
    expect(await Promise.all(all.map(account))).toEqual(Array(3).fill('access-token-1'))
    expect([world.renewals(), store.swaps]).toEqual([1, 1])
  })
  it('that cannot be kept is fetched by each', async () => {
    const world = await startWorld(false)
    const store = sharedStoreOf('refresh-token-0')
    const save = () => Promise.reject(new Error('disk full'))
    const connection = await open(world, false, { store: { ...store, access: { load: store.access.load, save } } })
    expect(await account(connection)).toBe('access-token-1')
  })
})

describe('credentials that are replaced while renewing', () => {
  it('need a place to be kept', async () => {
    const world = await startWorld(true)
    const error = await errorOf(open(world, true, { credentials: { refresh: 'refresh-token-0' } }))
    expect(error).toMatchObject({ code: 'CREDENTIAL_STORE_NEEDED', key: 'credentials' })
  })
  it('are stored before the new token is used', async () => {
    const world = await startWorld(true)
    const store = storeOf('refresh-token-0')
    const connection = await open(world, true, { store })
    store.broken = true
    expect(await errorOf(connection.check())).toMatchObject({ code: 'INTERNAL' })
    expect(world.server.seen.map(({ path }) => path)).toEqual(['/token'])
    // The old refresh token is worth nothing by now; the new one was not forgotten.
    store.broken = false
    expect(await account(connection)).toBe('access-token-1')
    expect(store.kept).toEqual({ refresh: 'refresh-token-1' })
    expect(world.renewals()).toBe(1)
  })
  it('are stored in the end, however late', async () => {
    const world = await startWorld(true)
    const store = storeOf('refresh-token-0')
    const clock = createTestClock()
    const connection = await open(world, true, { store, clock })
    store.broken = true
    expect(await errorOf(connection.check())).toMatchObject({ code: 'INTERNAL' })
    clock.advance(life * 5000)
    store.broken = false
    expect(await account(connection)).toBe('access-token-2')
    expect([store.kept, store.swaps]).toEqual([{ refresh: 'refresh-token-2' }, 2])
  })
  it('are put into an empty store, and taken from a full one', async () => {
    const world = await startWorld(true)
    const store = storeOf('')
    store.kept = undefined
    await account(await open(world, true, { store, credentials: { refresh: 'refresh-token-0' } }))
    expect(store.kept).toEqual({ refresh: 'refresh-token-1' })
    // Started again with the values of long ago: what the store holds counts.
    expect(await account(await open(world, true, { store, credentials: { refresh: 'refresh-token-0' } }))).toBe(
      'access-token-2',
    )
  })
  it('that another process has replaced are read again from the store', async () => {
    const world = await startWorld(true)
    const store = storeOf('refresh-token-0')
    const connection = await open(world, true, { credentials: store })
    // The other process renews first.
    await account(await open(world, true, { store }))
    expect(await account(connection)).toBe('access-token-2')
    expect(store.kept).toEqual({ refresh: 'refresh-token-2' })
  })
  it('that have lapsed for good are called so, after one look into the store', async () => {
    const world = await startWorld(true)
    world.valid = 'something else'
    const store = storeOf('refresh-token-0')
    const connection = await open(world, true, { store })
    expect(await problem(connection)).toBe('AUTH_EXPIRED')
    expect(world.renewals()).toBe(1)
  })
})
