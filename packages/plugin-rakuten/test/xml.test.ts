import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { specsFolder } from '@kontor/testkit/simulator'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  AcceptanceWire,
  BillingInformationWire,
  CompensationWire,
  errorIn,
  ExportWire,
  ImportWire,
  ItemInfosWire,
  OperationsWire,
  parseXml,
  responseIn,
  rootOf,
  SalesWire,
  SaleWire,
  ShippingInformationWire,
  ShippingTypesWire,
  StatusWire,
  ToDoListWire,
  UnreadableDocument,
} from '../src/wire/index.ts'

const bytes = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => Buffer.from(text, encoding)
const read = (text: string, encoding: BufferEncoding = 'utf8') => parseXml(bytes(text, encoding))

describe('encodings', () => {
  it('reads Latin-1 by its prolog, also the quotes of windows-1252 in it', () => {
    const document = Buffer.concat([
      bytes('<?xml version="1.0" encoding="ISO-8859-1"?><a><b>Recommand\xe9 ', 'latin1'),
      Buffer.from([0x93, 0x80, 0x94]),
      bytes('</b></a>'),
    ])
    expect(parseXml(document).value).toEqual({ b: 'Recommandé “€”' })
  })
  it('reads UTF-8 without a prolog, and with a byte order mark', () => {
    expect(read('<a>Téléphone</a>').value).toBe('Téléphone')
    expect(read('\ufeff<?xml version="1.0" encoding="UTF-8"?><a>é</a>').value).toBe('é')
  })
  it('reads Latin-1 that says it is UTF-8, or says nothing, instead of failing', () => {
    expect(read('<?xml version="1.0" encoding="UTF-8"?><a>caf\xe9</a>', 'latin1').value).toBe('café')
    expect(read('<a>caf\xe9</a>', 'latin1').value).toBe('café')
  })
  it('refuses an encoding nobody uses there, by name', () => {
    expect(() => read('<?xml version="1.0" encoding="EBCDIC-CP-FR"?><a/>')).toThrow(/ebcdic-cp-fr/)
  })
  it('drops characters that XML forbids, as they are and as references', () => {
    expect(read('<a>one\u0001 two&#x1F; three&#65;</a>').value).toBe('one two threeA')
  })
})

describe('form', () => {
  it('ignores namespaces and prefixes, trims texts, joins CDATA, and keeps repeated elements', () => {
    const { root, value } = read(
      '<n:r xmlns:n=" http://example.com/x"><n:a>\n 1 \n</n:a>text between<n:b><![CDATA[<x>]]> &amp; y</n:b><c/><d>1</d><d>2</d><d><e>3</e></d></n:r>',
    )
    expect({ root, value }).toEqual({ root: 'r', value: { a: '1', b: '<x> & y', c: null, d: ['1', '2', { e: '3' }] } })
  })
  it('takes an element called __proto__ or constructor as data', () => {
    const { value } = read('<r><__proto__><polluted>yes</polluted></__proto__><constructor>x</constructor></r>')
    expect(Object.keys(value ?? {})).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
  it.each([
    [
      'an entity bomb',
      `<!DOCTYPE a [<!ENTITY x "ha">${Array.from({ length: 9 }, (_, i) => `<!ENTITY x${i} "${'&x;'.repeat(9)}">`).join('')}]><a>&x8;</a>`,
    ],
    ['an external entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ['an entity nobody declared', '<a>&secret;</a>'],
    ['deep nesting', `${'<a>'.repeat(5000)}${'</a>'.repeat(5000)}`],
    ['two roots', '<a/><b/>'],
    ['a page', '<!DOCTYPE html><html><body>Maintenance</body></html>'],
    ['nothing', ''],
    ['no document', 'Bad gateway'],
  ])('refuses %s', (_, text) => {
    expect(() => read(text)).toThrow(UnreadableDocument)
  })
  it('says nothing of the content in its complaint', () => {
    const complaint = (() => {
      try {
        return JSON.stringify(read('<a><b>secret-token-99</c></a>').value)
      } catch (thrown) {
        return String(thrown)
      }
    })()
    expect(complaint).toContain('not well-formed')
    expect(complaint).not.toContain('secret-token-99')
  })
})

const sale = (items: string): string =>
  `<getcurrentsalesresult><response><sales><sale><purchaseid>1</purchaseid><purchasedate>01/03/2026-09:12</purchasedate><deliveryinformation><shippingtype>Suivi</shippingtype></deliveryinformation><items>${items}</items></sale></sales></response></getcurrentsalesresult>`
const item = (id: string): string =>
  `<item><itemid>${id}</itemid><advertid>9</advertid><price><amount>2.9</amount><currency>EUR</currency></price><itemstatus>ACCEPTED</itemstatus></item>`
const salesOf = (text: string) => SalesWire.parse(responseIn('getcurrentsales', read(text))).sales

describe('fuzz', () => {
  const whole = `<?xml version="1.0" encoding="ISO-8859-1"?>${sale(item('1') + item('2'))}`
  it('reads or refuses any prefix, any change of bytes and any bytes: no crash, no hang', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.nat(whole.length).map((end) => bytes(whole.slice(0, end))),
          fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 }).map((changes) => {
            const changed = Buffer.from(whole, 'latin1')
            for (const [at, byte] of changes) changed[at] = byte
            return new Uint8Array(changed)
          }),
          fc.uint8Array({ maxLength: 400 }),
        ),
        (document) => {
          try {
            const parsed = parseXml(document)
            errorIn(parsed)
            const response = responseIn('getcurrentsales', parsed)
            const listed = SalesWire.safeParse(response)
            for (const one of listed.data?.sales ?? []) SaleWire.safeParse(one)
            return true
          } catch (thrown) {
            return thrown instanceof UnreadableDocument
          }
        },
      ),
      { numRuns: 1500 },
    )
    expect(parseXml(bytes(whole)).root).toBe('getcurrentsalesresult')
  })
  it('reads a document of ten thousand units quickly', () => {
    const text = sale(Array.from({ length: 10_000 }, (_, index) => item(String(index))).join(''))
    const before = performance.now()
    expect(SaleWire.parse(salesOf(text)[0]).items).toHaveLength(10_000)
    expect(performance.now() - before).toBeLessThan(5000)
  })
  it('takes one unit and many alike, and refuses duplicated single elements by their path', () => {
    expect(SaleWire.parse(salesOf(sale(item('1')))[0]).items).toHaveLength(1)
    expect(SaleWire.parse(salesOf(sale(item('1') + item('2')))[0]).items).toHaveLength(2)
    const doubled = SaleWire.safeParse(
      salesOf(sale(item('1').replace('<itemid>1</itemid>', '<itemid>1</itemid><itemid>7</itemid>')))[0],
    )
    expect(doubled.error?.issues[0]?.path.join('.')).toBe('items.0.itemid')
    expect(SaleWire.safeParse(salesOf(sale(''))[0]).success).toBe(false)
  })
})

const specs = specsFolder()
const samples = specs === undefined ? undefined : join(specs, 'rakuten', 'shiba-samples')
const there = samples !== undefined && existsSync(samples)

/** What each published sample is an answer of. */
const schemas: Readonly<Record<string, { action: string; schema: { parse(value: unknown): unknown } }>> = {
  'sample_accept_sale.xml': { action: 'acceptsale', schema: AcceptanceWire },
  'sample_cancelitem.xml': { action: 'cancelitem', schema: StatusWire },
  'sample_confirmpreorder.xml': { action: 'confirmpreorder', schema: StatusWire },
  'sample_contactuser.xml': { action: 'contactuseraboutitem', schema: StatusWire },
  'sample_getnewsales.xml': { action: 'getnewsales', schema: SalesWire },
  'sample_getitemtodolist.xml': { action: 'getitemtodolist', schema: ToDoListWire },
  'sample_getiteminfos.xml': { action: 'getiteminfos', schema: ItemInfosWire },
  'sample_getshippinginformation.xml': { action: 'getshippinginformation', schema: ShippingInformationWire },
  'sample_getbillinginformation.xml': { action: 'getbillinginformation', schema: BillingInformationWire },
  'sample_getavailableshippingtypes.xml': { action: 'getavailableshippingtypes', schema: ShippingTypesWire },
  'sample_getoperations.xml': { action: 'getoperations', schema: OperationsWire },
  'sample_getcompensationdetails.xml': { action: 'getcompensationdetails', schema: CompensationWire },
  'sample_settrackingpackageinfos.xml': { action: 'settrackingpackageinfos', schema: StatusWire },
  'sample_genericimportfile.xml': { action: 'genericimportfile', schema: ImportWire },
  'sample_exportinventory.xml': { action: 'export', schema: ExportWire },
}

describe.skipIf(!there)(
  `the published samples${there ? '' : ' (skipped: ../shared/specs/rakuten is not beside this checkout)'}`,
  () => {
    const files = there && samples !== undefined ? readdirSync(samples).filter((name) => name.endsWith('.xml')) : []
    it('are there', () => expect(files.length).toBeGreaterThan(15))
    it.each(files)('%s is well-formed to us', (name) => {
      expect(parseXml(readFileSync(join(samples ?? '', name))).root).not.toBe('')
    })
    it.each(Object.entries(schemas))(
      '%s is an answer of its action, in the form we know',
      (name, { action, schema }) => {
        const document = parseXml(readFileSync(join(samples ?? '', name)))
        expect(document.root).toBe(rootOf(action))
        expect(() => schema.parse(responseIn(action, document))).not.toThrow()
      },
    )
    it('hold the sale, the claim and the transfer we expect', () => {
      const of = (name: string) =>
        responseIn(schemas[name]?.action ?? '', parseXml(readFileSync(join(samples ?? '', name))))
      const [raw] = SalesWire.parse(of('sample_getnewsales.xml')).sales
      expect(SaleWire.parse(raw)).toMatchObject({
        purchaseid: '123456',
        items: [{ itemid: '260306083', price: { amount: '23.9' }, sku: undefined }],
      })
      const claim = ItemInfosWire.parse(of('sample_getiteminfos.xml')).item
      expect(claim).toMatchObject({
        claim: { type: 'DAMAGED' },
        mail: [{ mailid: '2906818102' }, { mailid: '2906185099' }],
      })
      expect(claim.message).toHaveLength(2)
      expect(OperationsWire.parse(of('sample_getoperations.xml')).operations).toHaveLength(2)
      expect(ExportWire.parse(of('sample_exportinventory.xml')).advertlist.length).toBeGreaterThan(1)
      expect(
        ShippingTypesWire.parse(of('sample_getavailableshippingtypes.xml')).basic_types.map(({ label }) => label),
      ).toContain('Recommandé')
    })
  },
)
