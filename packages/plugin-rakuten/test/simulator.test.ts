import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { place, must, startRakuten, type System } from './open.ts'

/** What the imitation does is asked of it directly, without the plugin: else a wrong belief of both would pass unseen. */
describe('the simulator', () => {
  let system: System
  beforeAll(async () => void (system = await startRakuten({ sales: 0, echo: true })))
  afterAll(() => system.close())

  async function ask(action: string, query: Record<string, string> = {}, path = 'sales_ws') {
    const { login, token } = system.options
    const all = new URLSearchParams({ action, login, pwd: token, version: '2017-08-07', ...query })
    const answer = await fetch(`${system.url}/${path}?${all.toString()}`)
    const bytes = new Uint8Array(await answer.arrayBuffer())
    return { status: answer.status, bytes, text: new TextDecoder('latin1').decode(bytes) }
  }

  it('answers in ISO-8859-1 with a prolog, or in UTF-8 without one, with namespaces that differ', async () => {
    place(system, { kind: 'tracked', status: 'ACCEPTED' })
    const fresh = await ask('getnewsales')
    expect(fresh.text).toMatch(/^<\?xml version="1.0" encoding="ISO-8859-1"\?>\s+<getnewsalesresult xmlns="\s*http/)
    const current = await ask('getcurrentsales', { purchasedate: '2026-01-01' })
    expect(current.text).toMatch(/^<getcurrentsalesresult xmlns=/)
    expect(new TextDecoder('utf-8', { fatal: true }).decode(current.bytes)).toContain('Téléphone')
  })

  it('repeats login and token where it echoes the call', async () => {
    expect((await ask('getavailableshippingtypes')).text).toContain(`pwd=${system.options.token}`)
  })

  it.each([
    ['an e-mail address as login', { login: 'erika@example.com' }, 'InvalidUserConnection'],
    ['a wrong token', { pwd: 'nothing-of-the-kind' }, 'InvalidUserConnection'],
    ['a token without web services', { pwd: 'simulated-token-3' }, 'InvalidUserRights'],
  ])('refuses %s in a document, with status 200', async (_, query, code) => {
    const { status, text } = await ask('getnewsales', query)
    expect([status, /<code>(\w+)<\/code>/.exec(text)?.[1]]).toEqual([200, code])
  })

  it('accepts from 249 and refuses 250; what is accepted moves to the confirmed sales', async () => {
    const sale = place(system, { kind: 'twins' })
    const [unit] = sale.units
    const { itemId } = must(unit)
    expect((await ask('getnewsales')).text).toContain(itemId)
    expect((await ask('acceptsale', { itemid: itemId, shippingfromcountry: '250' })).text).toContain('ParameterError')
    expect((await ask('acceptsale', { itemid: itemId, shippingfromcountry: '249' })).text).toContain('Accepted')
    expect((await ask('getnewsales')).text).not.toContain(itemId)
    const current = await ask('getcurrentsales', { purchasedate: '2026-01-01' })
    expect(current.text).toContain(itemId)
    // Two identical articles are two items of one sale; the other one still waits.
    expect(sale.units.map(({ status }) => status)).toEqual(['ACCEPTED', 'TO_CONFIRM'])
  })

  it('tells no e-mail and no phone before acceptance', async () => {
    const sale = place(system, { kind: 'tracked' })
    const { text } = await ask('getnewsales')
    expect(text).toContain(sale.purchaseId)
    expect(text).not.toContain(sale.email)
    expect(text).not.toContain(sale.billing.phone)
  })
})
