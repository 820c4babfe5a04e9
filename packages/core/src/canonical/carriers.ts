/** How sure we are that the tracking address works: many independent sources, some, or one. */
export type Confidence = 'high' | 'medium' | 'low'

/** A company that carries parcels. */
export interface Carrier {
  readonly id: string
  readonly name: string
  /** Other words for it, as warehouses and shop systems write them. */
  readonly aliases: readonly string[]
  /** Where it is at home: tells carriers of one group apart by the country of the parcel. Absent: everywhere. */
  readonly country?: string
  /** Address of its tracking page, with `{number}` and others of {@link trackingPlaceholders}; absent where none is known. */
  readonly trackingUrl?: string
  readonly confidence?: Confidence
  /** How this carrier's page writes a country; default `upper`. */
  readonly countryCase?: 'lower'
}

/**
 * Our own compilation of publicly known tracking pages (November 2026). What marketplaces call these carriers stands in their plugins.
 * A number does not tell its carrier (they collide), so nothing here is guessed from numbers.
 */
export const carriers: readonly Carrier[] = [
  {
    id: 'laposte',
    name: 'La Poste',
    aliases: ['Colissimo', 'La Poste Colissimo', 'So Colissimo', 'Lettre suivie', 'Courrier suivi', 'La Poste FR'],
    trackingUrl: 'https://www.laposte.fr/outils/suivre-vos-envois?code={number}',
    confidence: 'high',
  },
  {
    id: 'chronopost',
    name: 'Chronopost',
    aliases: ['Chronopost France', 'Chronopost Express'],
    trackingUrl: 'https://www.chronopost.fr/tracking-no-cms/suivi-page?listeNumerosLT={number}',
    confidence: 'high',
  },
  {
    id: 'mondial-relay',
    name: 'Mondial Relay',
    aliases: [],
    trackingUrl: 'https://www.mondialrelay.fr/suivi-de-colis?numeroExpedition={number}',
    confidence: 'high',
  },
  {
    id: 'colis-prive',
    name: 'Colis Privé',
    aliases: [],
    trackingUrl: 'https://colisprive.com/moncolis/pages/detailColis.aspx?numColis={number}',
    confidence: 'medium',
  },
  {
    id: 'dpd',
    name: 'DPD',
    aliases: ['DPD Group', 'DPD International', 'DPDgroup', 'Geopost'],
    trackingUrl: 'https://www.dpdgroup.com/{country}/mydpd/my-parcels/track?lang={lang}&parcelNumber={number}',
    confidence: 'medium',
    countryCase: 'lower',
  },
  {
    id: 'dpd-fr',
    name: 'DPD France',
    aliases: ['DPD', 'DPD FR', 'Exapaq'],
    country: 'FR',
    trackingUrl: 'https://trace.dpd.fr/fr/trace/{number}',
    confidence: 'high',
  },
  {
    id: 'dpd-de',
    name: 'DPD Germany',
    aliases: ['DPD', 'DPD DE', 'DPD Deutschland'],
    country: 'DE',
    trackingUrl: 'https://tracking.dpd.de/status/de_DE/parcel/{number}',
    confidence: 'high',
  },
  {
    id: 'dpd-uk',
    name: 'DPD UK',
    aliases: ['DPD', 'DPD GB', 'DPD Local'],
    country: 'GB',
    trackingUrl: 'https://www.dpd.co.uk/apps/tracking/?reference={number}',
    confidence: 'low',
  },
  {
    id: 'gls-de',
    name: 'GLS Germany',
    aliases: ['GLS', 'GLS DE', 'GLS Deutschland'],
    country: 'DE',
    trackingUrl: 'https://gls-group.com/DE/de/paketverfolgung?match={number}',
    confidence: 'medium',
  },
  {
    id: 'gls-fr',
    name: 'GLS France',
    aliases: ['GLS', 'GLS FR'],
    country: 'FR',
    trackingUrl: 'https://gls-group.com/FR/fr/suivi-colis?match={number}',
    confidence: 'medium',
  },
  {
    id: 'gls-es',
    name: 'GLS Spain',
    aliases: ['GLS', 'GLS ES', 'GLS España'],
    country: 'ES',
    trackingUrl: 'https://gls-group.com/ES/es/seguimiento-envio/?match={number}',
    confidence: 'medium',
  },
  { id: 'gls-it', name: 'GLS Italy', aliases: ['GLS', 'GLS IT', 'GLS Italia'], country: 'IT' },
  {
    id: 'dhl-express',
    name: 'DHL Express',
    aliases: ['DHL', 'DHL International', 'DHL Express International'],
    trackingUrl: 'https://www.dhl.com/global-en/home/tracking/tracking-express.html?submit=1&tracking-id={number}',
    confidence: 'high',
  },
  {
    id: 'dhl-de',
    name: 'DHL Paket',
    aliases: [
      'DHL',
      'DHL DE',
      'DHL Germany',
      'DHL Deutschland',
      'DHL Paket Deutschland',
      'Deutsche Post',
      'Deutsche Post DHL',
    ],
    country: 'DE',
    trackingUrl: 'https://www.dhl.de/de/privatkunden/dhl-sendungsverfolgung.html?piececode={number}',
    confidence: 'high',
  },
  {
    id: 'dhl-parcel',
    name: 'DHL Parcel',
    aliases: ['DHL eCommerce', 'DHL NL', 'DHL Parcel NL', 'DHL Parcel Spain', 'DHL Parcel Iberia'],
    trackingUrl: 'https://www.dhl.com/{locale}/home/tracking/tracking-parcel.html?submit=1&tracking-id={number}',
    confidence: 'medium',
  },
  {
    id: 'ups',
    name: 'UPS',
    aliases: ['United Parcel Service', 'UPS Standard', 'UPS Express'],
    trackingUrl: 'https://www.ups.com/track?tracknum={number}',
    confidence: 'high',
  },
  {
    id: 'fedex',
    name: 'FedEx',
    aliases: ['Federal Express', 'FedEx Express'],
    trackingUrl: 'https://www.fedex.com/fedextrack/?trknbr={number}',
    confidence: 'high',
  },
  {
    id: 'tnt',
    name: 'TNT',
    aliases: ['TNT Express'],
    trackingUrl: 'https://www.tnt.com/express/en_gb/site/shipping-tools/tracking.html?searchType=con&cons={number}',
    confidence: 'low',
  },
  {
    id: 'hermes-de',
    name: 'Hermes Germany',
    aliases: ['Hermes', 'myHermes', 'Hermes DE', 'Hermes Versand'],
    country: 'DE',
    trackingUrl: 'https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation/#{number}',
    confidence: 'medium',
  },
  {
    id: 'evri',
    name: 'Evri',
    aliases: ['Hermes', 'Hermes UK', 'Evri UK'],
    country: 'GB',
    trackingUrl: 'https://www.evri.com/track-a-parcel#/tracking/{number}',
    confidence: 'low',
  },
  {
    id: 'royal-mail',
    name: 'Royal Mail',
    aliases: ['Royal Mail UK', 'Royal Mail Tracked'],
    trackingUrl: 'https://www.royalmail.com/track-your-item#/tracking-results/{number}',
    confidence: 'high',
  },
  {
    id: 'yodel',
    name: 'Yodel',
    aliases: [],
    trackingUrl: 'https://www.yodel.co.uk/tracking/{number}',
    confidence: 'medium',
  },
  {
    id: 'postnl',
    name: 'PostNL',
    aliases: ['PostNL International', 'TNT Post', 'Post Netherlands'],
    trackingUrl: 'https://jouw.postnl.nl/track-and-trace/{number}-{country}-{postcode}',
    confidence: 'high',
  },
  {
    id: 'bpost',
    name: 'bpost',
    aliases: ['Belgian Post', 'bpost International', 'Bpack'],
    trackingUrl: 'https://track.bpost.cloud/btr/web/#/search?itemCode={number}&lang={lang}',
    confidence: 'high',
  },
  {
    id: 'correos',
    name: 'Correos',
    aliases: ['Correos España', 'Correos ES'],
    trackingUrl: 'https://www.correos.es/es/es/herramientas/localizador/envios/detalle?tracking-number={number}',
    confidence: 'high',
  },
  {
    id: 'correos-express',
    name: 'Correos Express',
    aliases: ['CEX'],
    trackingUrl: 'https://s.correosexpress.com/c?n={number}',
    confidence: 'low',
  },
  {
    id: 'seur',
    name: 'SEUR',
    aliases: [],
    trackingUrl: 'https://www.seur.com/livetracking/?segOnlineIdentificador={number}',
    confidence: 'high',
  },
  {
    id: 'mrw',
    name: 'MRW',
    aliases: [],
    trackingUrl: 'https://www.mrw.es/seguimiento_envios/MRW_resultados_consultas.asp?modo=nacional&envio={number}',
    confidence: 'low',
  },
  {
    id: 'asendia',
    name: 'Asendia',
    aliases: [],
    trackingUrl: 'https://tracking.asendia.com/tracking/{number}',
    confidence: 'medium',
  },
  {
    id: 'yunexpress',
    name: 'YunExpress',
    aliases: ['Yun Express', 'Yuntrack'],
    trackingUrl: 'https://www.yuntrack.com/parcelTracking?id={number}',
    confidence: 'medium',
  },
  {
    id: 'usps',
    name: 'USPS',
    aliases: ['United States Postal Service', 'US Postal Service'],
    trackingUrl: 'https://tools.usps.com/go/TrackConfirmAction?tLabels={number}',
    confidence: 'high',
  },
  { id: 'geodis', name: 'Geodis', aliases: ['Geodis Calberson', 'Calberson'] },
  { id: 'austrian-post', name: 'Österreichische Post', aliases: ['Austrian Post', 'Post AT', 'Post.at'] },
  { id: 'poste-italiane', name: 'Poste Italiane', aliases: ['Italian Post', 'SDA'] },
  { id: 'brt', name: 'BRT', aliases: ['Bartolini', 'BRT Corriere Espresso', 'BRT Bartolini'] },
  // Not a carrier: a page that knows most of them, as a last resort.
  {
    id: 'generic-17track',
    name: '17TRACK',
    aliases: ['17track.net'],
    trackingUrl: 'https://t.17track.net/en#nums={number}',
    confidence: 'medium',
  },
]

/** A carrier's name without case, accents, blanks and punctuation: "Colis Privé", "COLIS-PRIVE" and "colisprive" are one. */
export const foldCarrier = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[^\p{L}\p{N}]/gu, '')

const byName = Map.groupBy(
  carriers.flatMap((carrier) =>
    [...new Set([carrier.id, carrier.name, ...carrier.aliases].map(foldCarrier))].map((name) => ({ name, carrier })),
  ),
  ({ name }) => name,
)

/**
 * The carrier of this name. Several companies of a group share a name ("DPD"): then the one at home in `country` (where the parcel goes),
 * else the one that is everywhere, else the first in the table. Nothing is guessed from parts of a name.
 */
export function findCarrier(text: string, country?: string): Carrier | undefined {
  const found = byName.get(foldCarrier(text))?.map(({ carrier }) => carrier) ?? []
  return (
    found.find((carrier) => carrier.country !== undefined && carrier.country === country?.toUpperCase()) ??
    found.find((carrier) => carrier.country === undefined) ??
    found[0]
  )
}
