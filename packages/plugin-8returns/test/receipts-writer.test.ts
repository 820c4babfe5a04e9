import { Grade } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { openPortal, receiptFor } from './portal.ts'

const two = [
  { sku: 'A', quantity: 1 },
  { sku: 'B', quantity: 1 },
]

describe('booking a receipt', () => {
  it('sends what arrived, was inspected and is missing in one call, and reads it back', async () => {
    await using world = await openPortal({ config: { gradeMap: { a: 'A-Ware' } } })
    const about = await world.register({ sku: 'A', quantity: 1 }, { sku: 'B', quantity: 2 }, { sku: 'C', quantity: 1 })
    const grade = Grade.parse({ value: 'a' })
    const delivery = receiptFor(about, [
      { sku: 'A', quantity: 1, outcome: 'arrived', note: 'Karton offen' },
      { sku: 'B', quantity: 2, outcome: 'inspected', grade },
      { sku: 'C', quantity: 1, outcome: 'missing' },
    ])
    const [outcome] = await world.write(delivery)
    expect(outcome).toMatchObject({
      is: 'done',
      reference: about.id,
      look: [{ ref: { entity: 'returns', id: about.id } }],
    })
    expect(world.patches()).toBe(1)
    expect(world.portal.truth.last('item-inspected', `${about.id}/B`)?.detail).toEqual({
      quantity: 2,
      condition: 'A-Ware',
    })
    const [after] = await world.fetch({ id: about.id })
    expect(after?.lines?.map((line) => line.quantity.received)).toEqual([1, 2, 0])
    expect(after?.lines?.[0]?.inspection?.note).toBe('Karton offen')
  })

  it('sends nothing for what is so already', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    const delivery = receiptFor(about, [
      { sku: 'A', quantity: 1, outcome: 'arrived' },
      { sku: 'B', quantity: 1, outcome: 'arrived' },
    ])
    await world.write(delivery)
    expect(await world.write(delivery)).toEqual([{ key: delivery.key, is: 'already', reference: about.id }])
    expect(world.bookings()).toBe(2)
  })

  it('sends the difference alone', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }], 'first'))
    await world.write(
      receiptFor(
        about,
        [
          { sku: 'A', quantity: 1, outcome: 'arrived' },
          { sku: 'B', quantity: 1, outcome: 'arrived' },
        ],
        'second',
      ),
    )
    expect(world.portal.truth.doubled('item-arrived')).toEqual([])
    expect(world.bookings()).toBe(2)
  })

  it('does not take an inspected item back to arrived', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    world.portal.act('inspect', { id: Number(about.id) })
    expect(await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }]))).toMatchObject([
      { is: 'already' },
    ])
  })

  it('books part of a line', async () => {
    await using world = await openPortal()
    const about = await world.register({ sku: 'A', quantity: 3 })
    expect(await world.write(receiptFor(about, [{ sku: 'A', quantity: 2, outcome: 'arrived' }]))).toMatchObject([
      { is: 'done' },
    ])
    expect(world.portal.truth.last('item-arrived', `${about.id}/A`)?.detail).toMatchObject({ quantity: 2 })
    expect((await world.fetch({ id: about.id }))[0]?.logistics?.value).toBe('partially_received')
  })

  it('finds the return by its number where 8returns cannot be asked for it by id', async () => {
    await using world = await openPortal({ options: { returns: 3, single: 'no' } })
    const [about] = (await world.read()).records
    if (about === undefined) throw new Error('no return came')
    const lines = (about.lines ?? []).map((line) => ({
      sku: line.sku,
      quantity: line.quantity.requested,
      outcome: 'arrived' as const,
    }))
    expect(await world.write(receiptFor(about, lines))).toMatchObject([{ is: 'done' }])
  })

  it('says nothing of missing items by itself', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }]))
    expect(world.portal.truth.count('item-missing')).toBe(0)
  })
})

describe('a 200 that holds failures', () => {
  it('is told item by item, by SKU and not by position, with what took effect', async () => {
    await using world = await openPortal({ options: { refuses: 'A' } })
    const about = await world.register(...two)
    const [outcome] = await world.write(
      receiptFor(about, [
        { sku: 'A', quantity: 1, outcome: 'arrived' },
        { sku: 'B', quantity: 1, outcome: 'arrived' },
      ]),
    )
    expect(outcome).toMatchObject({
      is: 'refused',
      applied: ['B'],
      error: { code: 'REQUEST_REJECTED', message: expect.stringContaining('A as arrived') },
    })
  })

  it('names what was so already among what took effect', async () => {
    await using world = await openPortal({ options: { refuses: 'B' } })
    const about = await world.register(...two)
    await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }], 'first'))
    const [outcome] = await world.write(
      receiptFor(
        about,
        [
          { sku: 'A', quantity: 1, outcome: 'arrived' },
          { sku: 'B', quantity: 1, outcome: 'arrived' },
        ],
        'second',
      ),
    )
    expect(outcome).toMatchObject({ is: 'refused', applied: ['A'] })
  })

  it('does not stop the next receipt', async () => {
    await using world = await openPortal({ options: { refuses: 'A' } })
    const [one, other] = [
      await world.register({ sku: 'A', quantity: 1 }),
      await world.register({ sku: 'B', quantity: 1 }),
    ]
    const outcomes = await world.write(
      receiptFor(one, [{ sku: 'A', quantity: 1, outcome: 'arrived' }], 'one'),
      receiptFor(other, [{ sku: 'B', quantity: 1, outcome: 'arrived' }], 'other'),
    )
    expect(outcomes.map(({ is }) => is)).toEqual(['refused', 'done'])
  })

  it('is no success where it holds an error and no results', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    world.portal.faults.add({
      match: { method: 'PATCH' },
      do: 'status',
      status: 200,
      body: { error: 'Return is locked' },
    })
    expect(await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }]))).toMatchObject([
      { is: 'refused', error: { code: 'REQUEST_REJECTED', message: expect.stringContaining('Return is locked') } },
    ])
  })
})

describe('a receipt that 8returns cannot be told without doubt is refused, and nothing is sent', () => {
  it.each([
    [
      'two outcomes for one SKU on two lines',
      [
        { sku: 'A', quantity: 1 },
        { sku: 'A', quantity: 1 },
      ],
      [
        { sku: 'A', quantity: 1, outcome: 'arrived' },
        { sku: 'A', quantity: 1, outcome: 'missing' },
      ],
      'RETURN_LINE_AMBIGUOUS',
    ],
    [
      'two outcomes for the pieces of one line',
      [{ sku: 'A', quantity: 2 }],
      [
        { sku: 'A', quantity: 1, outcome: 'arrived' },
        { sku: 'A', quantity: 1, outcome: 'missing' },
      ],
      'RETURN_LINE_AMBIGUOUS',
    ],
    [
      'one of two open lines with the SKU',
      [
        { sku: 'A', quantity: 1 },
        { sku: 'A', quantity: 1 },
      ],
      [{ sku: 'A', quantity: 1, outcome: 'arrived' }],
      'RETURN_LINE_AMBIGUOUS',
    ],
    [
      'more than were registered',
      [{ sku: 'A', quantity: 1 }],
      [{ sku: 'A', quantity: 2, outcome: 'arrived' }],
      'takes no more',
    ],
    [
      'a SKU the return does not have',
      [{ sku: 'A', quantity: 1 }],
      [{ sku: 'X', quantity: 1, outcome: 'arrived' }],
      'no item with the SKU X',
    ],
    [
      'neither line nor SKU',
      [{ sku: 'A', quantity: 1 }],
      [{ quantity: 1, outcome: 'arrived' }],
      'neither a line of the return nor a SKU',
    ],
    [
      'a line that is not there',
      [{ sku: 'A', quantity: 1 }],
      [{ returnLineId: '1', quantity: 1, outcome: 'arrived' }],
      'has no line 1',
    ],
    [
      'rejected, without a condition that says it',
      [{ sku: 'A', quantity: 1 }],
      [{ sku: 'A', quantity: 1, outcome: 'rejected' }],
      'rejectedCondition',
    ],
    [
      'a grade nobody mapped',
      [{ sku: 'A', quantity: 1 }],
      [{ sku: 'A', quantity: 1, outcome: 'inspected', grade: { value: 'c' as const } }],
      'gradeMap',
    ],
  ] as const)('%s', async (_title, items, lines, says) => {
    await using world = await openPortal()
    const about = await world.register(...items)
    const [outcome] = await world.write(receiptFor(about, [...lines]))
    expect(outcome).toMatchObject({ is: 'refused', error: { scope: 'record', retry: 'never' } })
    const error = outcome?.is === 'refused' ? outcome.error : undefined
    expect(`${error?.code}: ${error?.message}`).toContain(says)
    expect(world.patches()).toBe(0)
  })

  it('but two lines of one SKU with the same outcome go as one entry with the sum', async () => {
    await using world = await openPortal()
    const about = await world.register({ sku: 'A', quantity: 1 }, { sku: 'A', quantity: 2 })
    const lines = (about.lines ?? []).map((line) => ({
      returnLineId: line.id,
      quantity: line.quantity.requested,
      outcome: 'inspected' as const,
    }))
    expect(await world.write(receiptFor(about, lines))).toMatchObject([{ is: 'done' }])
    expect(world.portal.truth.last('item-inspected', `${about.id}/A`)?.detail).toMatchObject({ quantity: 3 })
  })

  it('and a second parcel is asked for as a total, because it may be the first one told again', async () => {
    await using world = await openPortal()
    const about = await world.register({ sku: 'A', quantity: 2 })
    await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }], 'parcel-1'))
    const again = await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }], 'parcel-2'))
    expect(again).toMatchObject([{ is: 'refused', error: { message: expect.stringContaining('state the total') } }])
    expect(
      await world.write(receiptFor(about, [{ sku: 'A', quantity: 2, outcome: 'arrived' }], 'total')),
    ).toMatchObject([{ is: 'done' }])
    expect(world.bookings()).toBe(2)
  })

  it('a cancelled item is not booked', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    world.portal.act('cancel', { id: Number(about.id) })
    expect(await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }]))).toMatchObject([
      { is: 'refused', error: { message: expect.stringContaining('cancelled') } },
    ])
  })

  it('an item that arrived is not booked as missing', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    world.portal.act('arrive', { id: Number(about.id) })
    expect(await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'missing' }]))).toMatchObject([
      { is: 'refused', error: { code: 'ALREADY_DIFFERENT' } },
    ])
  })

  it('a rejected item goes as inspected in the condition that says it', async () => {
    await using world = await openPortal({ config: { rejectedCondition: 'Abgelehnt' } })
    const about = await world.register(...two)
    expect(await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'rejected' }]))).toMatchObject([
      { is: 'done' },
    ])
    expect((await world.fetch({ id: about.id }))[0]?.lines?.[0]?.quantity.rejected).toBe(1)
  })

  it('a return that is not there, or not named', async () => {
    await using world = await openPortal()
    const about = await world.register(...two)
    world.portal.world.returns.clear()
    expect(await world.write(receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }]))).toMatchObject([
      { is: 'refused', error: { code: 'NOT_FOUND' } },
    ])
    const { return: _gone, ...nameless } = receiptFor(about, [{ sku: 'A', quantity: 1, outcome: 'arrived' }])
    const [outcome] = await world.write({
      ...nameless,
      record: { ...nameless.record, about: { entity: 'returns', number: 'R1' } },
    })
    expect(outcome).toMatchObject({ is: 'refused', error: { code: 'RECORD_INVALID', path: 'about' } })
  })
})
