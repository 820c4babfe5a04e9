import { describe, expect, it } from 'vitest'
import { detailOf, earn, EMAIL, openProgramme, reverse, wish, wordOf } from '../../test/programme.ts'

const provider = 'webhook-ledger' as const

describe('a ledger of your own', () => {
  it('earns, reverses and restores under the same records as any other provider', async () => {
    await using open = await openProgramme({ provider })
    const [earned] = await open.write(wish(earn()))
    expect(detailOf(earned)).toEqual({ points: '80', member: 'm-1', balance: '80' })
    const [taken] = await open.write(wish(reverse('32', { member: { id: 'm-1' } })))
    expect(detailOf(taken)).toMatchObject({ points: '32', balance: '48' })
    const [back] = await open.write(
      wish({ id: 'shop/218:mv:1:32-0', kind: 'restore', points: '32', member: { id: 'm-1' } }),
    )
    expect(detailOf(back)).toMatchObject({ balance: '80' })
  })

  it('books a key once, whatever is repeated or lost', async () => {
    await using open = await openProgramme({ provider })
    open.programme.faults.add({ match: { method: 'POST', times: 1 }, do: 'dropAnswer' })
    const one = wish(earn())
    expect((await open.write(one)).map(wordOf)).toEqual(['already'])
    expect((await open.write(one)).map(wordOf)).toEqual(['already'])
    expect((await open.readBack(one)).map(wordOf)).toEqual(['done'])
    expect((await open.readBack(wish(earn({ id: 'shop/219:earn' })))).map(wordOf)).toEqual(['absent'])
    expect(open.programme.truth.count('booking')).toBe(1)
  })

  it('tells what it could not take, and refuses who is no member', async () => {
    await using open = await openProgramme({ provider, config: { members: 'known' } })
    expect((await open.write(wish(earn()))).map(wordOf)).toEqual(['refused REQUEST_REJECTED'])
    await using other = await openProgramme({ provider })
    await other.write(wish(earn()))
    other.programme.act('spend', { email: EMAIL, points: 60 })
    expect(detailOf((await other.write(wish(reverse('32'))))[0])).toMatchObject({ points: '20', shortfall: '12' })
  })

  it('refuses a booking that was not signed with the secret', async () => {
    await using open = await openProgramme({ provider })
    open.programme.world.signingSecret = 'another secret of some length'
    await expect(open.write(wish(earn()))).rejects.toMatchObject({ code: 'AUTH_INVALID' })
    expect(open.programme.truth.count('booking')).toBe(0)
  })
})
