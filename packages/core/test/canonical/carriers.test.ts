import { describe, expect, it } from 'vitest'
import {
  carriers,
  checkTemplate,
  findCarrier,
  foldCarrier,
  requireTrackingUrl,
  trackingUrl,
  type Carrier,
} from '../../src/index.ts'

const carrier = (id: string): Carrier => {
  const found = carriers.find((each) => each.id === id)
  if (!found) throw new Error(`no carrier ${id}`)
  return found
}

describe('the carrier table', () => {
  it('has each id once, and templates that could be a user’s own', () => {
    expect(new Set(carriers.map(({ id }) => id)).size).toBe(carriers.length)
    for (const { id, trackingUrl: template, confidence } of carriers) {
      expect([id, template === undefined ? [] : checkTemplate(template)]).toEqual([id, []])
      expect(template === undefined).toBe(confidence === undefined)
    }
  })
  it('gives every carrier but those without a page an address', () => {
    const without = carriers
      .filter((each) => trackingUrl(each, { number: '123', country: 'FR', postalCode: '75001' }) === undefined)
      .map(({ id }) => id)
    expect(without).toEqual(['gls-it', 'geodis', 'austrian-post', 'poste-italiane', 'brt'])
  })
  it('shares a name only within one group', () => {
    const names = new Map<string, string[]>()
    for (const { id, name, aliases } of carriers)
      for (const each of new Set([id, name, ...aliases].map(foldCarrier)))
        names.set(each, [...(names.get(each) ?? []), id])
    const shared = [...names].filter(([, ids]) => ids.length > 1).map(([name]) => name)
    expect(shared.toSorted()).toEqual(['dhl', 'dpd', 'gls', 'hermes'])
  })
})

describe('finding a carrier', () => {
  it.each(['Colis Privé', 'COLIS-PRIVE', 'colisprive', ' colis  prive '])('folds %j', (text) => {
    expect(findCarrier(text)?.id).toBe('colis-prive')
  })
  it.each([
    ['DPD', 'FR', 'dpd-fr'],
    ['DPD', 'de', 'dpd-de'],
    ['DPD', 'ES', 'dpd'],
    ['DPD', undefined, 'dpd'],
    ['GLS', 'FR', 'gls-fr'],
    ['GLS', 'PL', 'gls-de'],
    ['DHL', 'DE', 'dhl-de'],
    ['DHL', 'FR', 'dhl-express'],
    ['Österreichische Post', undefined, 'austrian-post'],
    ['oesterreichische post', undefined, undefined],
    ['DPD FR', 'DE', 'dpd-fr'],
  ])('takes %s to %s as %s', (text, country, id) => {
    expect(findCarrier(text, country)?.id).toBe(id)
  })
  it.each(['', '   ', '---', 'Dingsbums Express', 'DPD Colissimo', 'DH', '00340434161094042557'])(
    'does not guess at %j',
    (text) => {
      expect(findCarrier(text)).toBeUndefined()
    },
  )
})

describe('a tracking address', () => {
  it('strips blanks of the number and encodes it', () => {
    expect(trackingUrl(carrier('ups'), { number: ' 1Z 999/AA&x ' })).toBe(
      'https://www.ups.com/track?tracknum=1Z999%2FAA%26x',
    )
  })
  it('puts country and postcode as the page wants them', () => {
    expect(trackingUrl(carrier('postnl'), { number: '3S1', country: 'nl', postalCode: '1012 ab' })).toBe(
      'https://jouw.postnl.nl/track-and-trace/3S1-NL-1012AB',
    )
    expect(trackingUrl(carrier('dpd'), { number: '1', country: 'ES' })).toBe(
      'https://www.dpdgroup.com/es/mydpd/my-parcels/track?lang=es&parcelNumber=1',
    )
    expect(trackingUrl(carrier('dhl-parcel'), { number: '1', country: 'NL' })).toContain('dhl.com/nl-nl/home')
    expect(trackingUrl(carrier('dhl-parcel'), { number: '1', locale: 'de-DE' })).toContain('dhl.com/de-de/home')
  })
  it('is never one with a hole in it', () => {
    expect(trackingUrl(carrier('postnl'), { number: '3S1', country: 'NL' })).toBeUndefined()
    expect(trackingUrl(carrier('ups'), { number: '  ' })).toBeUndefined()
    expect(trackingUrl(carrier('brt'), { number: '1' })).toBeUndefined()
    expect(() => requireTrackingUrl(carrier('postnl'), { number: '3S1', country: 'NL' }, 'carriers.PostNL')).toThrow(
      expect.objectContaining({
        code: 'TRACKING_INVALID',
        key: 'carriers.PostNL',
        message: expect.stringContaining('{postcode}'),
      }),
    )
  })
  it('is at most 300 characters long', () => {
    const template = 'https://track.example/{number}'
    expect(trackingUrl(template, { number: '1'.repeat(278) })).toHaveLength(300)
    expect(trackingUrl(template, { number: '1'.repeat(279) })).toBeUndefined()
  })
  it.each([
    ['https://track.example/', 'no {number}'],
    ['ftp://track.example/{number}', 'no https'],
    ['track.example/{number}', 'no https'],
    ['https://user:pass@track.example/{number}', 'user name or password'],
    ['https://{number}.example/', 'host name'],
    ['https://track.example/{number}/{street}', '{street}'],
    ['https://track.example/ {number}', 'blank'],
    [`https://track.example/${'x'.repeat(300)}{number}`, '300'],
  ])('refuses the template %s', (template, why) => {
    expect(checkTemplate(template)).toEqual([{ level: 'error', message: expect.stringContaining(why) }])
    expect(trackingUrl(template, { number: '1' })).toBeUndefined()
  })
  it('warns of a template that is not encrypted, and uses it', () => {
    expect(checkTemplate('http://track.example/{number}').map(({ level }) => level)).toEqual(['warning'])
    expect(trackingUrl('http://track.example/{number}', { number: '7' })).toBe('http://track.example/7')
  })
})
