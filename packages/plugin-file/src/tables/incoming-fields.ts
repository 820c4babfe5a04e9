/** Entities that may be read from files, in the order in which their folders are looked at. */
export const incomingEntities = ['decisions', 'shipments', 'receipts', 'refunds', 'stock', 'prices'] as const
export type IncomingEntity = (typeof incomingEntities)[number]

/** One field a column may stand for. */
export interface Field {
  /** Headers that mean it beside its own name; compared without case, accents, blanks and punctuation. */
  readonly names: readonly string[]
  /** True where the cell may hold a buyer's data: it is then shown in the error file alone, never in a message or log. */
  readonly personal?: true
}
type Fields = Readonly<Record<string, Field>>

const field = (...names: string[]): Field => ({ names })
const personal = (...names: string[]): Field => ({ names, personal: true })

const about = {
  order: field('order_key', 'key', 'reference', 'auftrag', 'bestellung'),
  number: field('order_number', 'order_no', 'auftragsnummer', 'auftragsnr', 'bestellnummer', 'bestellnr'),
}
const aboutReturn = {
  return: field('return_key', 'return_number', 'rma', 'rma_number', 'retoure', 'retourennummer'),
}
const line = {
  line: field('line_id', 'order_line', 'position', 'positionsnummer'),
  sku: field('article', 'article_number', 'item', 'artikel', 'artikelnummer', 'artikelnr', 'seller_sku'),
  quantity: field('qty', 'pieces', 'menge', 'anzahl', 'stueckzahl'),
}

/** What each entity's files may say. `tables/incoming-rules.ts` says what they must. */
export const incomingFields = {
  decisions: {
    id: field('decision_id'),
    ...about,
    ...line,
    decision: field('action', 'entscheidung'),
    reason: field('grund'),
    message: personal('nachricht'),
    not_before: field('nicht_vor'),
    decided_at: field('entschieden_am'),
  },
  shipments: {
    id: field('shipment_id', 'parcel_id', 'delivery_number', 'lieferscheinnummer', 'paketnummer'),
    ...about,
    ...line,
    tracking_number: field('tracking', 'tracking_no', 'tracking_code', 'sendungsnummer', 'trackingnummer'),
    tracking_url: field('tracking_link', 'sendungslink'),
    return_tracking_number: field('return_tracking', 'retourensendungsnummer'),
    carrier: field('shipper', 'versanddienstleister', 'spediteur', 'paketdienst'),
    service: field('shipping_service', 'versandart'),
    status: field('shipment_status', 'versandstatus'),
    shipped_at: field('ship_date', 'shipping_date', 'shipped', 'versanddatum', 'versendet_am'),
    delivered_at: field('delivery_date', 'zugestellt_am'),
    shipped_from_country: field('ship_from_country', 'versandland'),
    weight_grams: field('weight', 'gewicht', 'gewicht_gramm'),
    imei: personal('imeis'),
    serial_number: personal('serial', 'serial_no', 'seriennummer'),
    note: personal('notiz', 'bemerkung'),
    message: personal('message_to_buyer', 'nachricht'),
  },
  receipts: {
    id: field('receipt_id', 'wareneingangsnummer'),
    ...about,
    ...aboutReturn,
    ...line,
    outcome: field('result', 'ergebnis'),
    grade: field('zustand'),
    disposition: field('verwendung'),
    note: personal('notiz', 'bemerkung'),
    received_at: field('received', 'eingang', 'eingangsdatum'),
  },
  refunds: {
    id: field('refund_id', 'gutschriftnummer'),
    ...about,
    ...aboutReturn,
    ...line,
    amount: field('line_amount', 'betrag'),
    tax: field('steuer'),
    shipping: field('shipping_amount', 'versandkosten'),
    total: field('refund_total', 'summe', 'gesamtbetrag'),
    currency: field('waehrung'),
    reason: field('grund'),
    status: field('refund_status'),
    message: personal('nachricht'),
    refunded_at: field('refund_date', 'erstattet_am'),
  },
  stock: {
    sku: line.sku,
    available: field('stock', 'quantity', 'qty', 'bestand', 'verfuegbar', 'menge', 'lagerbestand'),
    location: field('warehouse', 'lager', 'lagerort'),
    on_hand: field('physical', 'physischer_bestand'),
    reserved: field('reserviert'),
    as_of: field('counted_at', 'stand', 'zeitpunkt'),
  },
  prices: {
    sku: line.sku,
    price: field('amount', 'preis', 'verkaufspreis'),
    currency: field('waehrung'),
    tax_included: field('gross', 'brutto'),
    market: field('marketplace', 'markt'),
    compare_at: field('list_price', 'uvp', 'streichpreis'),
    minimum: field('minimum_price', 'min_price', 'mindestpreis'),
    maximum: field('maximum_price', 'max_price', 'hoechstpreis'),
    valid_from: field('gueltig_ab'),
    valid_to: field('gueltig_bis'),
    minimum_quantity: field('min_quantity', 'mindestmenge'),
  },
} as const satisfies Record<IncomingEntity, Fields>

export type FieldOf<E extends IncomingEntity> = Extract<keyof (typeof incomingFields)[E], string>

/** A header as it is compared: no case, accents, blanks or punctuation; `ß` and umlauts as `ss`, `ae`, `oe`, `ue`. */
export function normalHeader(header: string): string {
  const spelled = header
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
  return spelled.normalize('NFKD').replaceAll(/[^a-z0-9]/g, '')
}

/** True where a field may hold a buyer's data. */
export const isPersonal = (entity: IncomingEntity, name: string): boolean => {
  const fields: Fields = incomingFields[entity]
  return fields[name]?.personal === true
}
