import { Instant } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { anOrder, detailOf, earn, EMAIL, openProgramme, reverse, STARTS, wish, wordOf } from '../../test/programme.ts'
import { SHOP } from '../simulator/index.ts'

const sent = { at: Instant.parse(STARTS) }

describe('Leat, credits', () => {
  it("takes 32 of 80 points back for 20 of 50 EUR, as Leat's own example has it", async () => {
    await using open = await openProgramme()
    const [earned] = await open.write(wish(earn()))
    expect(detailOf(earned)).toMatchObject({ points: '80', balance: '80' })
    const member = open.programme.world.contacts[0]?.uuid
    const [taken] = await open.write(wish(reverse('32', { member: { id: member } })))
    expect(detailOf(taken)).toEqual({ points: '32', member, balance: '48' })
    expect(open.programme.world.transactions[0]).toMatchObject({
      credits: -32,
      unitValue: null,
      attributes: {
        kontor_key: 'shop/218:mv:0:0-32',
        kontor_order: 'shop/218',
        kontor_kind: 'reverse',
        kontor_reverses: 'shop/218:earn',
      },
    })
    const [back] = await open.write(
      wish({ id: 'shop/218:mv:1:32-0', kind: 'restore', points: '32', member: { id: member } }),
    )
    expect(detailOf(back)).toMatchObject({ points: '32', balance: '80' })
  })

  it('books told points as they are, past the rules of the programme', async () => {
    await using open = await openProgramme()
    const [earned] = await open.write(wish(earn({ points: '7' })))
    expect(detailOf(earned)).toMatchObject({ points: '7' })
  })

  it('makes a member of who buys for the first time, once', async () => {
    await using open = await openProgramme()
    await open.write(wish(earn()), wish(earn({ id: 'shop/219:earn' })))
    expect(open.programme.truth.doubled('contact')).toEqual([])
    expect(open.programme.world.contacts.length).toBe(1)
  })

  it('makes no member where only known ones earn, by config or by the record', async () => {
    await using known = await openProgramme({ config: { members: 'known' } })
    expect((await known.write(wish(earn()))).map(wordOf)).toEqual(['refused REQUEST_REJECTED'])
    await using told = await openProgramme()
    expect((await told.write(wish(earn({ extensions: { 'kontor.createMember': false } })))).map(wordOf)).toEqual([
      'refused REQUEST_REJECTED',
    ])
    told.programme.act('contact', { email: EMAIL })
    expect((await told.write(wish(earn({ extensions: { 'kontor.createMember': false } })))).map(wordOf)).toEqual([
      'done',
    ])
  })

  it('never makes a member to take points back, and refuses a record without anybody', async () => {
    await using open = await openProgramme()
    const outcomes = await open.write(wish(reverse('5')), wish(earn({ member: {} })))
    expect(outcomes.map(wordOf)).toEqual(['refused REQUEST_REJECTED', 'refused REQUEST_REJECTED'])
    expect(open.programme.world.contacts).toEqual([])
  })

  it.each([
    ['clamp', 'done', expect.objectContaining({ points: '30', shortfall: '2' })],
    ['hold', 'waiting REQUEST_REJECTED', undefined],
    ['refuse', 'refused REQUEST_REJECTED', undefined],
  ])('when points were spent, %s: %s', async (onInsufficient, word, expected) => {
    await using open = await openProgramme({ config: { onInsufficient } })
    await open.write(wish(earn()))
    open.programme.act('spend', { email: EMAIL, points: 50 })
    const [outcome] = await open.write(wish(reverse('32')))
    expect(wordOf(outcome)).toBe(word)
    expect(detailOf(outcome)).toEqual(expected)
    expect(open.programme.world.contacts[0]?.balance).toBe(word === 'done' ? 0 : 30)
  })

  it('books nothing where nothing is left, and tells the whole as a shortfall', async () => {
    await using open = await openProgramme()
    await open.write(wish(earn()))
    open.programme.act('spend', { email: EMAIL, points: 80 })
    const [outcome] = await open.write(wish(reverse('32')))
    expect(detailOf(outcome)).toMatchObject({ points: '0', shortfall: '32' })
    expect(open.programme.truth.count('credit_reception')).toBe(1)
  })

  it('that books and then says nothing never books twice: asked, it is found', async () => {
    await using open = await openProgramme()
    open.programme.act('contact', { email: EMAIL })
    open.programme.faults.add({ match: { method: 'POST' }, do: 'dropAnswer' })
    const lost = wish(earn())
    await expect(open.write(lost)).rejects.toMatchObject({ failureType: 'transient' })
    const [found] = await open.readBack({ ...lost, sent })
    expect(detailOf(found)).toMatchObject({ points: '80' })
    expect(open.programme.truth.count('credit_reception')).toBe(1)
  })

  it('that failed before it booked is absent, and may be written again', async () => {
    await using open = await openProgramme()
    open.programme.faults.add({ match: { method: 'POST', times: 1 }, do: 'status', status: 500 })
    const lost = wish(earn())
    await expect(open.write(lost)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' })
    expect((await open.readBack({ ...lost, sent })).map(wordOf)).toEqual(['absent'])
    expect((await open.write({ ...lost, sent })).map(wordOf)).toEqual(['done'])
    expect(open.programme.truth.count('credit_reception')).toBe(1)
  })

  it('"in progress" is asked about later and not sent again', async () => {
    await using open = await openProgramme()
    open.programme.faults.add({
      match: { method: 'POST', times: 1 },
      do: 'status',
      status: 400,
      body: { code: 60001, message: 'in progress', status_code: 400 },
      effect: true,
    })
    const one = wish(earn())
    const [outcome] = await open.write(one)
    expect(outcome).toMatchObject({ is: 'sent', askAt: '2026-06-01T12:01:00.000Z' })
    expect((await open.readBack({ ...one, sent })).map(wordOf)).toEqual(['done'])
    expect(open.programme.truth.count('credit_reception')).toBe(1)
  })

  it('without our attributes recognises a booking by its amount and time, says so, and takes no older one for it', async () => {
    await using open = await openProgramme({ options: { attributes: false } })
    await open.write(wish(earn()))
    const asked = wish(earn(), { sent })
    expect(detailOf((await open.readBack(asked))[0])).toMatchObject({ points: '80', assumed: true })
    await open.programme.clock.advance(3_600_000)
    const later = { at: Instant.parse('2026-06-01T13:00:00Z') }
    expect((await open.readBack(wish(earn(), { sent: later }))).map(wordOf)).toEqual(['absent'])
    expect((await open.readBack(wish(reverse('32'), { sent }))).map(wordOf)).toEqual(['absent'])
  })

  it('with our attributes takes no booking of the same amount for another order', async () => {
    await using open = await openProgramme({ options: { attributes: false } })
    await open.programme.drive(Promise.resolve(open.connection.ensure?.({})))
    await open.write(wish(earn()))
    expect((await open.readBack(wish(earn({ id: 'shop/219:earn' }), { sent }))).map(wordOf)).toEqual(['absent'])
    expect((await open.readBack(wish(earn(), { sent }))).map((one) => detailOf(one))).toEqual([
      expect.not.objectContaining({ assumed: true }),
    ])
  })

  it('finds a booking by its key however long ago it was: a restored store does not know when it sent it', async () => {
    await using open = await openProgramme()
    await open.write(wish(earn()))
    await open.programme.clock.advance(30 * 86_400_000)
    const later = { at: Instant.parse(open.programme.clock.instant()) }
    expect((await open.readBack(wish(earn(), { sent: later }))).map(wordOf)).toEqual(['done'])
    expect((await open.readBack(wish(earn({ id: 'shop/219:earn' }), { sent: later }))).map(wordOf)).toEqual(['absent'])
  })

  it('redeems a reward, finds a redemption whose answer was lost, and gives it back with its stock', async () => {
    await using open = await openProgramme()
    const [earned] = await open.write(wish(earn()))
    expect(wordOf(earned)).toBe('done')
    const record = {
      id: 'red-1:redeem',
      kind: 'redeem',
      points: '20',
      extensions: { 'kontor.reward': open.programme.world.rewards[1]?.uuid },
    }
    const [redeemed] = await open.write(wish(record))
    expect(detailOf(redeemed)).toMatchObject({ points: '20', balance: '60' })
    expect((await open.readBack(wish(record, { sent }))).map(wordOf)).toEqual(['done'])
    const reference = redeemed?.is === 'done' ? redeemed.reference : undefined
    const giveBack = {
      id: 'red-1:give-back',
      kind: 'restore',
      points: '20',
      extensions: { 'kontor.redemption': reference },
    }
    expect((await open.readBack(wish(giveBack, { sent }))).map(wordOf)).toEqual(['absent'])
    const [back] = await open.write(wish(giveBack))
    expect(detailOf(back)).toMatchObject({ points: '20', balance: '80' })
    expect((await open.readBack(wish(giveBack, { sent }))).map(detailOf)).toMatchObject([
      { points: '20', assumed: true },
    ])
    const [empty] = await open.write(wish({ ...record, id: 'red-2:redeem' }))
    expect(wordOf(empty)).toBe('refused REQUEST_REJECTED')
  })

  it('says once that the token has expired, and stops the connection', async () => {
    await using open = await openProgramme({
      faults: [{ do: 'status', status: 401, body: { code: 3000, message: 'The token is expired' } }],
    })
    await expect(open.write(wish(earn()))).rejects.toMatchObject({
      code: 'AUTH_EXPIRED',
      scope: 'connection',
      key: 'credentials.token',
    })
  })

  it('keeps to five calls a second', async () => {
    await using open = await openProgramme({ options: { perSecond: 5 } })
    const wishes = Array.from({ length: 20 }, (_, index) => wish(earn({ id: `shop/${index}:earn` })))
    expect((await open.write(...wishes)).map(wordOf)).toEqual(wishes.map(() => 'done'))
    expect(open.programme.limits.state('calls')?.refused).toBe(0)
  })
})

describe('Leat, orders', () => {
  const config = { variant: 'orders' }

  it('books the whole order, adding up to its value to the last cent', async () => {
    await using open = await openProgramme({ config })
    const [earned] = await open.write(wish(earn(), { order: anOrder() }))
    expect(detailOf(earned)).toMatchObject({ points: '80' })
    expect(open.programme.truth.last('order', 'shop/218:earn')?.detail).toEqual({ total: 5000 })
    const less = anOrder({
      discounts: [{ kind: 'coupon', price: { value: { amount: '10.00', currency: 'EUR' }, taxIncluded: true } }],
    })
    await open.write(wish(earn({ id: 'shop/219:earn', value: { amount: '39.99', currency: 'EUR' } }), { order: less }))
    expect(open.programme.truth.last('order', 'shop/219:earn')?.detail).toEqual({ total: 3999 })
  })

  it('reverses exactly, by the ledger and not by its own rules', async () => {
    await using open = await openProgramme({ config })
    await open.write(wish(earn(), { order: anOrder() }))
    const [taken] = await open.write(wish(reverse('33')))
    expect(detailOf(taken)).toMatchObject({ points: '33', balance: '47' })
  })

  it('whose answer was lost is found by its external id, with what it earned', async () => {
    await using open = await openProgramme({ config })
    open.programme.act('contact', { email: EMAIL })
    open.programme.faults.add({ match: { method: 'POST', times: 1 }, do: 'dropAnswer' })
    const lost = wish(earn(), { order: anOrder() })
    await expect(open.write(lost)).rejects.toMatchObject({ failureType: 'transient' })
    expect(detailOf((await open.readBack({ ...lost, sent }))[0])).toMatchObject({ points: '80', assumed: true })
    expect(open.programme.truth.count('order')).toBe(1)
  })

  it('without an order action earned nothing, and says what to add; without its order it waits', async () => {
    await using open = await openProgramme({ config, options: { orderAction: false } })
    const [earned] = await open.write(wish(earn(), { order: anOrder() }))
    expect(detailOf(earned)).toMatchObject({ points: '0', note: expect.stringContaining('Order Action') })
    expect((await open.write(wish(earn({ id: 'shop/219:earn' })))).map(wordOf)).toEqual(['waiting ORDER_UNKNOWN'])
  })
})

describe('a wrong shop', () => {
  it('is named by check, with those there are, and stops bookings', async () => {
    await using open = await openProgramme({ config: { shop: 'other' } })
    const { problems } = await open.programme.drive(open.connection.check())
    expect(problems[0]).toMatchObject({ level: 'error', key: 'config.shop' })
    expect(problems[0]?.message).toContain(SHOP)
    await expect(open.write(wish(earn()))).rejects.toMatchObject({ code: 'CONFIG_INVALID', key: 'config.shop' })
  })
})
