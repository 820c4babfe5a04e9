import { describe, expect, it } from 'vitest'
import { openPortal } from './portal.ts'

const assume = { options: { assume: true, scopes: 'returns,customers,labels,orders' }, config: { allowAssumed: true } }

describe('operations that are assumed', () => {
  it.each([
    ['createReturn', { order: 'R1', items: 'A' }],
    ['createLabel', { return: '900101' }],
    ['findOrders', { search: 'R1' }],
  ])('%s is off unless it is allowed, and then answers as truly as the system does', async (name, given) => {
    await using off = await openPortal({ options: { assume: true } })
    await expect(off.act(name, given)).rejects.toMatchObject({
      code: 'UNSUPPORTED',
      key: 'config.allowAssumed',
      message: expect.stringContaining('assumed'),
    })
    expect(off.portal.exchanges.total).toBe(0)
    await using absent = await openPortal({ config: { allowAssumed: true } })
    await expect(absent.act(name, given)).rejects.toMatchObject({
      code: expect.stringMatching(/ENDPOINT_MISMATCH|NOT_FOUND/),
    })
  })

  it('are allowed one by one', async () => {
    await using world = await openPortal({ ...assume, config: { allowAssumed: ['findOrders'] } })
    await world.act('findOrders', { search: 'R1' })
    await expect(world.act('createLabel', { return: '1' })).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  })

  it('create a return once: a second one for the order must be meant', async () => {
    await using world = await openPortal(assume)
    const created = await world.act('createReturn', { order: 'R7', items: 'A:2, B', reference: 'k-1' })
    expect(created).toMatchObject({ created: true, id: '900101', lifecycle: 'approved' })
    await expect(world.act('createReturn', { order: 'R7', items: 'A:2' })).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('900101'),
    })
    await world.act('createReturn', { order: 'R7', items: 'A', again: 'yes' })
    expect(world.portal.truth.count('return-created')).toBe(2)
    expect(
      (await world.fetch({ id: '900101' }))[0]?.lines?.map(({ sku, quantity }) => [sku, quantity.requested]),
    ).toEqual([
      ['A', 2],
      ['B', 1],
    ])
  })

  it('create a label once: the second call answers the same', async () => {
    await using world = await openPortal(assume)
    const { id } = await world.register()
    const label = await world.act('createLabel', { return: id })
    expect(label).toMatchObject({
      status: 'ready',
      carrier: 'dhl',
      cost: { amount: '3.90', currency: 'EUR' },
      documents: [{ kind: 'label', format: 'pdf' }],
    })
    expect(await world.act('createLabel', { return: id })).toEqual(label)
    expect(world.portal.truth.count('label-created')).toBe(1)
  })

  it('say which argument is wrong', async () => {
    await using world = await openPortal(assume)
    await expect(world.act('createReturn', { order: 'R7' })).rejects.toMatchObject({
      message: expect.stringContaining('items'),
    })
    await expect(world.act('createReturn', { order: 'R7', items: 'A:0' })).rejects.toMatchObject({
      message: expect.stringContaining('SKUs with quantities'),
    })
    await expect(world.act('createLabel', {})).rejects.toMatchObject({ message: expect.stringContaining('`return`') })
  })
})

describe('recording a live answer', () => {
  it('answers a fixture in the true form without anything of a person, and what differs from what we assume', async () => {
    await using world = await openPortal({ options: { returns: 1 } })
    const [one] = world.portal.world.returns.values()
    if (one === undefined) throw new Error('there is no return')
    Object.assign(one.customer, { fullName: 'Erika Muster', email: 'erika.muster@example.org', notes: 'Hinterhof 7' })
    one.broken = { carrier_hint: 'bei Muster klingeln', fetched_via_api: 'no' }
    const recorded = JSON.stringify(await world.act('record', {}))
    for (const value of [
      'Erika',
      'erika.muster',
      'Hinterhof',
      'klingeln',
      one.orderNumber,
      String(one.rma),
      one.items[0]?.sku ?? '',
    ])
      expect(recorded).not.toContain(value)
    expect(JSON.parse(recorded)).toMatchObject({
      operation: 'listReturns',
      differences: [
        'observed new field customer_returns[].carrier_hint (string)',
        'field customer_returns[].fetched_via_api is string, expected boolean',
      ],
      fixture: {
        total_count: 1,
        customer_returns: [
          { status: 'open', currency: 'EUR', order_number: 'x1111', carrier_hint: 'xxx xxxxxx xxxxxxxx' },
        ],
      },
    })
  })
})
