import { amount, blocksOf, cdata, element, parameterError, parisTime, text, textOf } from './answer-xml.ts'
import type { Handler } from './handler.ts'
import type { RakutenWorld } from './world.ts'

interface Line {
  readonly sku: string
  readonly error?: string
}

export const genericImportFile: Handler = (call) => {
  const { world, options, clock, truth, respond } = call
  if (call.query.get('purgeandreplace') === 'true') {
    truth.add('adverts-purged', 'all')
    world.adverts.clear()
  }
  const [file] = call.multipart().filter(({ name }) => name === 'file')
  if (file === undefined) return parameterError(options, "The parameter 'file' is mandatory.")
  if (file.bytes[0] === 0xef && file.bytes[1] === 0xbb)
    return parameterError(options, 'The file must be without byte order mark')
  const changes = blocksOf(file.text(), 'item').map((block) =>
    Object.fromEntries(blocksOf(block, 'attribute').map((one) => [textOf(one, 'key'), textOf(one, 'value')])),
  )
  const importId = String(35_000_000 + (world.nextId += 1))
  const lines = changes.map((change): Line => checkLine(world, change))
  world.imports.set(importId, { importId, fileName: file.filename ?? '', at: clock.now(), lines })
  truth.add('file-taken', importId, { lines: lines.length })
  if (!options.importStuck)
    clock.after(options.importAfterMs, () => {
      for (const change of changes) {
        const advert = world.adverts.get(change['sellerReference'] ?? '')
        if (advert === undefined || checkLine(world, change).error !== undefined) continue
        const { sellingPrice: price = advert.price, qty: quantity = String(advert.quantity) } = change
        // Setting a value to what it was is no effect.
        if (price !== advert.price) truth.add('price-set', `${advert.sku}=${price}`)
        if (Number(quantity) !== advert.quantity) truth.add('stock-set', `${advert.sku}=${quantity}`)
        advert.price = price
        advert.quantity = Number(quantity)
      }
    })
  return respond(`${text('importid', importId)}${text('status', 'OK')}`)
}

function checkLine(world: RakutenWorld, change: Readonly<Record<string, string>>): Line {
  const sku = change['sellerReference'] ?? ''
  if (!world.adverts.has(sku)) return { sku, error: 'Annonce introuvable pour cette référence' }
  const price = change['sellingPrice']
  if (price !== undefined && !(Number(price) >= 0.9)) return { sku, error: 'Le prix est inférieur au minimum' }
  return change['qty'] !== undefined && !/^\d{1,3}$/.test(change['qty'])
    ? { sku, error: 'Quantité incorrecte' }
    : { sku }
}

export const genericImportReport: Handler = ({ world, options, clock, query, respond }) => {
  const found = world.imports.get(query.get('fileid') ?? '')
  if (found === undefined) return parameterError(options, "The parameter 'fileid' is invalid.")
  const done = !options.importStuck && clock.now() >= found.at + options.importAfterMs
  const wrong = found.lines.filter((line) => line.error !== undefined)
  const file = element(
    'file',
    text('filename', found.fileName),
    cdata('status', done ? 'Traité' : clock.now() < found.at + 10_000 ? 'Reçu' : 'En attente'),
    text('uploaddate', parisTime(found.at)),
    text('totallines', found.lines.length),
    text('processedlines', done ? found.lines.length : 0),
    text('errorlines', done ? wrong.length : 0),
  )
  const products = done
    ? found.lines.map((line) =>
        element(
          'product',
          cdata('sku', line.sku),
          text('status', line.error === undefined ? 'Traité' : 'Erreur'),
          text('aid', world.adverts.get(line.sku)?.advertId),
          element(
            'errors',
            line.error === undefined
              ? undefined
              : element(
                  'error',
                  text('error_key', 'sellerReference'),
                  text('error_code', 'E100'),
                  cdata('error_text', line.error),
                ),
          ),
        ),
      )
    : []
  return respond(`${text('totalresultcount', products.length)}${text('nexttoken', '')}${file}${products.join('')}`)
}

export const exportInventory: Handler = ({ world, query, respond }) => {
  const all = [...world.adverts.values()]
  const start = Number(query.get('nexttoken') ?? 0)
  const page = all.slice(start, start + 100)
  const adverts = page.map((advert) =>
    element(
      'advert',
      element(
        'productsummary',
        text('productid', '153669702'),
        cdata('headline', 'Téléphone'),
        cdata('topic', 'Téléphonie'),
      ),
      text('advertid', advert.advertId),
      cdata('sku', advert.sku),
      amount('price', advert.price),
      text('quality', 'NEW'),
      text('unlimitedquantity', 'false'),
      text('stock', advert.quantity),
    ),
  )
  return respond(
    `${text('nbresults', all.length)}${text('nexttoken', start + 100 < all.length ? start + 100 : '')}${element('advertlist', ...adverts)}`,
  )
}
