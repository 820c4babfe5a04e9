import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@kontor/core/host'
import { loadFixtures, replay } from '@kontor/testkit'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import eightReturns from '../src/index.ts'
import { collect, openPortal } from './portal.ts'

const Recorded = z.object({
  answers: z.array(z.object({ operation: z.string(), differences: z.array(z.string()), fixture: z.unknown() })),
})

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
  it('answers fixtures in the true form without anything of a person, and what differs from what we assume', async () => {
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
    const unknown = ['carrier_hint (string)', 'fetched_via_api is string, expected boolean']
    const { answers } = Recorded.parse(JSON.parse(recorded))
    expect(answers).toMatchObject([
      {
        operation: 'listReturns',
        differences: [`observed new field customer_returns[].${unknown[0]}`, `field customer_returns[].${unknown[1]}`],
        fixture: {
          method: 'GET',
          path: '/v1/customer_returns',
          query: 'page=1&per_page=5&sort=updated_at&direction=desc',
          answer: {
            total_count: 1,
            customer_returns: [
              { status: 'open', currency: 'EUR', order_number: 'x1111', carrier_hint: 'xxx xxxxxx xxxxxxxx' },
            ],
          },
        },
      },
      {
        operation: 'getReturn',
        differences: [`observed new field customer_return.${unknown[0]}`, `field customer_return.${unknown[1]}`],
        fixture: { path: '/v1/customer_returns/111111', answer: { customer_return: { id: 111_111 } } },
      },
    ])
    // What was recorded is a fixture of the testkit: the plugin reads it as it read the portal.
    const file = join(mkdtempSync(join(tmpdir(), 'kontor-recorded-')), 'answers.json')
    writeFileSync(file, JSON.stringify(answers.map(({ fixture }) => fixture)))
    await using again = await connect(eightReturns, {
      config: { baseUrl: 'https://portal.example.com' },
      credentials: { token: 'demo-token' },
      fetch: replay(loadFixtures(file)),
    })
    const read = again.readers.returns.fetch?.([{ entity: 'returns', id: '111111' }]) ?? []
    expect((await collect(read)).flatMap(({ records }) => records.map(({ id }) => id))).toEqual(['111111'])
  })

  it('says so where one return cannot be asked for by its id', async () => {
    await using world = await openPortal({ options: { returns: 1, single: 'no' } })
    const { answers } = Recorded.parse(await world.act('record', { search: 'R5101', rows: '1' }))
    expect(answers.map(({ operation, differences }) => [operation, differences])).toEqual([
      ['listReturns', []],
      ['getReturn', [expect.stringMatching(/^one return by its id: (NOT_FOUND|ENDPOINT_MISMATCH)$/)]],
    ])
    expect(JSON.stringify(answers)).not.toContain('R5101')
  })
})
