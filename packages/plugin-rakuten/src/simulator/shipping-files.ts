import { blocksOf, parameterError, text, textOf } from './answer-xml.ts'
import type { Handler } from './handler.ts'
import { isAccepted, unitOf, type RakutenWorld, type Unit } from './world.ts'

/** Names this simulator takes, from the same public lists a connector has; written out here so that neither side's mistake is shared. */
const names = new Set(
  '4PX|Autre|B2C Europe|Bpost|CNE Express|China EMS|Chronopost|Colis Prive|Colissimo|Courrier Suivi|Cubyn|DHL|DPD|DPD Germany|DPD UK|Fedex|France Express|GLS|Geodis|Hong Kong Post|Kiala|Mondial Relay|Mondial Relay prépayé|PostNL International|Royal Mail|S.F. Express|Singapore Post|So Colissimo|Swiss Post|TNT|Tatex|TrackYourParcel|UPS|WeDo Logistics|Yun Express|GLS-ITALY'.split(
    '|',
  ),
)
/** Modes that are confirmed by a word instead of a number. */
const untracked = /^normal$|retrait chez le vendeur/i

interface Told {
  readonly itemId: string
  readonly transporter: string
  readonly number: string
  readonly url: string
}

/** What is wrong with one article of a file, in the words of the vendor. */
function complaint(world: RakutenWorld, told: Told): string | undefined {
  const found = unitOf(world, told.itemId)
  if (found === undefined) return `Article ${told.itemId} : numéro incorrect`
  const { sale, unit } = found
  if (unit.shipped) return `Article ${told.itemId} : cet article a déjà été expédié`
  if (!isAccepted(unit)) return `Article ${told.itemId} : statut incorrect, l'article doit avoir le statut 'confirmé'`
  if (untracked.test(sale.shippingType)) return undefined
  if (!names.has(told.transporter)) return `Article ${told.itemId} : transporteur inconnu`
  if (told.number === '') return `Article ${told.itemId} : numéro de suivi obligatoire`
  return told.url === '' && (told.transporter === 'Autre' || told.transporter === 'Kiala')
    ? `Article ${told.itemId} : url de suivi obligatoire`
    : undefined
}

function ship(unit: Unit, told: Told): void {
  unit.shipped = true
  unit.tracking = { transporter: told.transporter, number: told.number, url: told.url }
}

export const importItemShippingStatus: Handler = (call) => {
  const { world, options, clock, truth, respond } = call
  const [file] = call.multipart().filter(({ name }) => name === 'file')
  if (file === undefined) return parameterError(options, "The parameter 'file' is mandatory.")
  const items = blocksOf(file.text(), 'item').map((block): Told => ({
    itemId: textOf(block, 'itemid'),
    transporter: textOf(block, 'transporter'),
    number: textOf(block, 'trackingnumber'),
    url: textOf(block, 'trackingurl'),
  }))
  if (items.length === 0) return parameterError(options, 'The file holds no article')
  const complaints: string[] = []
  for (const told of items) {
    const wrong = complaint(world, told)
    if (wrong !== undefined) {
      complaints.push(wrong)
      continue
    }
    const unit = unitOf(world, told.itemId)?.unit
    if (unit === undefined) continue
    truth.add('unit-shipped', told.itemId, { ...told })
    if (options.shippedAfterMs === 0) ship(unit, told)
    else clock.after(options.shippedAfterMs, () => ship(unit, told))
  }
  if (complaints.length > 0) return parameterError(options, ...complaints)
  return respond(`${text('importid', String(35_000_000 + (world.nextId += 1)))}${text('status', 'OK')}`)
}

/** Sets or corrects the tracking of one unit, by GET. */
export const setTrackingPackageInfos: Handler = ({ world, options, query, truth, respond }) => {
  const told: Told = {
    itemId: query.get('itemid') ?? '',
    transporter: query.get('transporter_name') ?? '',
    number: query.get('tracking_number') ?? '',
    url: query.get('tracking_url') ?? '',
  }
  const unit = unitOf(world, told.itemId)?.unit
  if (unit === undefined) return parameterError(options, `Article ${told.itemId} : numéro incorrect`)
  const wrong = unit.shipped
    ? names.has(told.transporter)
      ? undefined
      : `Article ${told.itemId} : transporteur inconnu`
    : complaint(world, told)
  if (wrong !== undefined) return parameterError(options, wrong)
  truth.add(unit.shipped ? 'tracking-corrected' : 'unit-shipped', told.itemId, { ...told })
  ship(unit, told)
  return respond(text('status', 'OK'))
}
