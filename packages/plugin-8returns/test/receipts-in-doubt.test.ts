import { describe, expect, it } from 'vitest'
import { openPortal, receiptFor } from './portal.ts'

const two = [
  { sku: 'A', quantity: 1 },
  { sku: 'B', quantity: 1 },
]

describe('a call that was cut off', () => {
  const sentAt = { at: '2026-10-05T08:00:00.000Z' }
  const asSent = <T extends object>(delivery: T) => ({ ...delivery, sent: sentAt as never })

  it.each(['dropAnswer', 'cutBody', 'html'] as const)(
    'after its effect (%s) is asked about and found done; nothing is booked twice',
    async (fault) => {
      await using world = await openPortal()
      const about = await world.register(...two)
      const delivery = receiptFor(about, [
        { sku: 'A', quantity: 1, outcome: 'arrived' },
        { sku: 'B', quantity: 1, outcome: 'inspected' },
      ])
      world.portal.faults.add(
        fault === 'html'
          ? { match: { method: 'PATCH' }, do: 'html', effect: true }
          : { match: { method: 'PATCH' }, do: fault },
      )
      const [outcome] = await world.write(delivery)
      // A cut body may already have been settled by reading the return back.
      expect(['sent', 'done']).toContain(outcome?.is)
      expect(await world.readBack(asSent(delivery))).toMatchObject([{ is: 'done', reference: about.id }])
      expect(await world.write(asSent(delivery))).toMatchObject([{ is: 'already' }])
      expect([world.patches(), world.bookings()]).toEqual([1, 2])
    },
  )

  it('before its effect is asked about, found absent, and sent once', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    const delivery = receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }])
    const fault = world.portal.faults.add({ match: { method: 'PATCH' }, do: 'reset' })
    expect(await world.write(delivery)).toMatchObject([{ is: 'sent' }])
    fault.remove()
    expect(await world.readBack(asSent(delivery))).toMatchObject([{ is: 'absent' }])
    expect(await world.write(asSent(delivery))).toMatchObject([{ is: 'done' }])
    expect(world.bookings()).toBe(1)
  })

  it('may have booked something as missing: that is never said twice, a person looks', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    const delivery = receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'missing' }])
    world.portal.faults.add({ match: { method: 'PATCH' }, do: 'dropAnswer' })
    expect(await world.write(delivery)).toMatchObject([{ is: 'sent' }])
    expect(await world.readBack(asSent(delivery))).toMatchObject([{ is: 'refused', error: { code: 'IN_DOUBT' } }])
    expect(await world.write(asSent(delivery))).toMatchObject([{ is: 'refused', error: { code: 'IN_DOUBT' } }])
    expect(world.bookings()).toBe(1)
  })

  it('is not resent by the transport', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    world.portal.faults.add({ match: { method: 'PATCH' }, do: 'html' })
    await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }]))
    expect(world.patches()).toBe(1)
  })

  it('was done although it cannot be read back at once: a doubt, no failure', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    const delivery = receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }])
    const fault = world.portal.faults.add({ match: { method: 'GET', nth: 2 }, do: 'status', status: 403 })
    const [outcome] = await world.write(delivery)
    expect(outcome?.is).toBe('sent')
    fault.remove()
    expect(await world.readBack(asSent(delivery))).toMatchObject([{ is: 'done' }])
  })
})

describe('a booking that comes at the wrong time', () => {
  it('waits where 429 does not say how long: somebody else is changing that return', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    world.portal.faults.add({ match: { method: 'PATCH' }, do: 'throttle' })
    expect(await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }]))).toMatchObject([
      { is: 'waiting', until: expect.stringMatching(/^2026-10-05T08:00:3/), error: { code: 'CONFLICT' } },
    ])
  })

  it('says which permission is missing, and stops for all', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    world.portal.faults.add({ match: { method: 'PATCH' }, do: 'status', status: 403 })
    await expect(world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }]))).rejects.toMatchObject(
      { code: 'AUTH_PERMISSION_MISSING', message: expect.stringContaining('Retourenverwaltung') },
    )
  })

  it('is shown and not sent in plan mode', async () => {
    await using world = await openPortal({ connect: { mode: 'plan' } })
    const about = await world.register(...two)
    await expect(world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }]))).rejects.toMatchObject(
      { code: 'PLAN_MODE' },
    )
    expect(world.patches()).toBe(0)
  })
})
