import type { Outcome, Receipt } from '@kontor/core'
import { describe, expect, it } from 'vitest'
import { airpods, collect, decide, delivery, openShop, ship, type Shop } from './shop.ts'

type Line = Receipt['lines'][number]
const texts = { arrived: 'Your return {folder} has arrived.', accepted: 'All is well with your return.' }

async function folder(shop: Shop): Promise<string> {
  const order = await shop.place({ skus: [airpods] })
  await shop.write(decide(order, 'accept'), ship(order))
  return String(shop.market.act('open-care', { order: Number(order.id) }))
}
const receipt = (id: string, lines: readonly Partial<Line>[], more: Partial<Receipt['about']> = {}) =>
  delivery<'receipts'>({
    entity: 'receipts',
    id: `receipt-${id}`,
    about: { entity: 'returns', number: id, ...more },
    lines: lines.map((line) => ({ quantity: 1, outcome: 'arrived', ...line })),
  })
const tell = async (shop: Shop, ...batch: ReturnType<typeof receipt>[]): Promise<Outcome[]> =>
  await shop.market.drive(collect(shop.shop.writers.care.write(batch)))
const told = (shop: Shop) =>
  shop.market.truth.effects.filter(({ what }) => what === 'message-posted' || what === 'problem-declared')
const messages = (shop: Shop, id: string) => shop.market.world.care.get(Number(id))?.messages.map(({ text }) => text)
const codes = (outcomes: readonly Outcome[]): string[] =>
  outcomes.map((outcome) => ('error' in outcome ? outcome.error.code : outcome.is))

describe('receipts', () => {
  it('are told to the buyer in the words of the config, and not at all without', async () => {
    await using shop = await openShop({ config: { receipts: { texts } } })
    const id = await folder(shop)
    const outcomes = await tell(shop, receipt(id, [{ outcome: 'arrived' }]))
    expect(outcomes).toMatchObject([{ is: 'done', look: [{ ref: { entity: 'returns', id } }] }])
    expect(messages(shop, id)?.at(-1)).toBe(`Your return ${id} has arrived.`)
    expect(codes(await tell(shop, receipt(id, [{ outcome: 'inspected' }])))).toEqual(['already'])
    await using silent = await openShop()
    expect(codes(await tell(silent, receipt(await folder(silent), [{ outcome: 'arrived' }])))).toEqual(['already'])
    expect(told(silent)).toEqual([])
  })

  it('that find fault are declared as a problem, with the note of the warehouse', async () => {
    await using shop = await openShop({ config: { receipts: { problems: { rejected: 'WRONG_ITEM' } } } })
    const [one, two] = [await folder(shop), await folder(shop)]
    expect(
      codes(
        await tell(
          shop,
          receipt(one, [{ outcome: 'accepted' }, { outcome: 'rejected', note: 'Another serial number.' }]),
          receipt(two, [{ outcome: 'arrived', disposition: { value: 'missing' } }]),
        ),
      ),
    ).toEqual(['done', 'done'])
    expect(told(shop)).toMatchObject([
      { key: one, detail: { type: 'WRONG_ITEM' } },
      { key: two, detail: { type: 'OTHER' } },
    ])
    const sent = shop.market.exchanges.find({ method: 'POST', path: `/ws/sav/${one}/problem` })
    expect(sent[0]?.requestBody.toString('utf8')).toContain('Another serial number.')
  })

  it('are told once, and again only where a newer one says something else', async () => {
    await using shop = await openShop({ config: { receipts: { texts } } })
    const id = await folder(shop)
    const first = receipt(id, [{ outcome: 'arrived' }])
    const [outcome] = await tell(shop, first)
    const reference = outcome?.is === 'done' ? (outcome.reference ?? '') : ''
    expect(codes(await tell(shop, { ...first, known: { reference } }))).toEqual(['already'])
    const inspected = receipt(id, [{ outcome: 'accepted' }])
    expect(codes(await tell(shop, { ...inspected, known: { reference } }))).toEqual(['done'])
    expect(told(shop)).toHaveLength(2)
  })

  it('open no closed folder again, and declare nothing on it', async () => {
    await using shop = await openShop({ config: { receipts: { texts } } })
    const id = await folder(shop)
    shop.market.act('close-care', { care: Number(id) })
    const outcomes = await tell(shop, receipt(id, [{ outcome: 'arrived' }]), receipt(id, [{ outcome: 'missing' }]))
    expect(codes(outcomes)).toEqual(['already', 'REQUEST_REJECTED'])
    expect(told(shop)).toEqual([])
  })

  it('about a folder of the old numbers are declared as OTHER, without a word', async () => {
    await using shop = await openShop({ config: { receipts: { problems: { rejected: 'WRONG_ITEM' } } } })
    const made = shop.market.world.care.get(Number(await folder(shop)))
    if (made === undefined) throw new Error('no folder')
    const old = { ...made, id: 4711 }
    shop.market.world.care.set(old.id, old)
    expect(codes(await tell(shop, receipt('4711', [{ outcome: 'rejected', note: 'Broken.' }])))).toEqual(['done'])
    expect(told(shop)).toMatchObject([{ key: '4711', detail: { type: 'OTHER' } }])
  })

  it('that name no folder, or one that is not there, are refused by themselves', async () => {
    await using shop = await openShop({ config: { receipts: { texts } } })
    const id = await folder(shop)
    const outcomes = await tell(
      shop,
      receipt('1', [{}]),
      receipt('', [{}], { number: undefined, id: 'R-17' }),
      receipt(id, [{}], { entity: 'orders' }),
      receipt(id, [{}]),
    )
    expect(codes(outcomes)).toEqual(['ORDER_UNKNOWN', 'ORDER_UNKNOWN', 'ORDER_UNKNOWN', 'done'])
  })

  it('whose call has no answer are left to a person', async () => {
    await using shop = await openShop()
    const id = await folder(shop)
    shop.market.faults.add({ match: { method: 'POST', times: 1 }, do: 'dropAnswer' })
    expect(await tell(shop, receipt(id, [{ outcome: 'rejected' }]))).toEqual([])
    expect(told(shop)).toHaveLength(1)
  })
})

describe('commands about an after-sales folder', () => {
  it('write to the buyer, declare a problem with a document, and send an item back', async () => {
    await using shop = await openShop()
    const id = await folder(shop)
    const run = (name: string, given: Record<string, string>): Promise<unknown> =>
      shop.market.drive(shop.shop.actions[name]?.({ arguments: given }) ?? Promise.reject(new Error(name)))
    await run('send-message', { folder: id, text: 'We have it.' })
    expect(messages(shop, id)?.at(-1)).toBe('We have it.')
    const attachment = `${shop.market.url}/static/damage.pdf`
    await run('declare-problem', { folder: id, type: 'DAMAGED_PACKAGE', attachment })
    expect(told(shop).at(-1)).toMatchObject({ what: 'problem-declared', detail: { type: 'DAMAGED_PACKAGE' } })
    await expect(run('declare-problem', { folder: id, type: 'DAMAGED_PACKAGE' })).rejects.toThrow('needs a document')
    await expect(run('declare-problem', { folder: id, type: 'NONSENSE' })).rejects.toThrow('WRONG_ITEM')
    await expect(run('send-message', { folder: id })).rejects.toThrow('needs `text`')
    // Folders of the new numbers take no item transfer yet; Back Market says so.
    const back = { folder: id, carrier: 'DHL', tracking: 'T1', action: 'repair' }
    await expect(run('transfer-item', back)).rejects.toThrow('not yet supported')
    const made = shop.market.world.care.get(Number(id))
    if (made === undefined) throw new Error('no folder')
    shop.market.world.care.set(4711, { ...made, id: 4711 })
    expect(await run('transfer-item', { ...back, folder: '4711' })).toEqual({ folder: '4711', action: 'REPAIR' })
    await expect(run('transfer-item', { ...back, folder: '4711' })).rejects.toThrow('already exists')
  })
})
