import { KontorError, validate, issuePath, type Call, type Schema } from '@kontor/core'
import { toVendorFailure } from '../errors.ts'
import {
  AcceptanceWire,
  BillingInformationWire,
  CompensationWire,
  ExportWire,
  ImportReportWire,
  ImportWire,
  ItemInfosWire,
  offersFile,
  OperationsWire,
  SalesWire,
  shippingFile,
  ShippingInformationWire,
  ShippingTypesWire,
  StatusWire,
  ToDoListWire,
  type OfferChange,
  type ShippedUnit,
} from '../wire/index.ts'
import type { Action } from './actions.ts'
import { createExchange, type ClientNeeds, type Request } from './exchange.ts'

/** Whose deliveries a writing call is made for. */
export type On = NonNullable<Call['for']>

/** Which confirmed sales to list. `purchaseDate`: the first day, `2026-05-03`. */
export interface CurrentSales {
  readonly purchaseDate: string
  readonly token?: string | undefined
  /** Only those not shipped yet. */
  readonly notShipped?: boolean
  /** Only pre-orders that wait. */
  readonly preorders?: boolean
}

export type RakutenClient = ReturnType<typeof createClient>

/** One method an action. Every method but `sendShipments` throws what Rakuten refuses. */
export function createClient(needs: ClientNeeds) {
  const exchange = createExchange(needs)

  async function ask<T>(action: Action, schema: Schema<T>, request: Request): Promise<T> {
    const result = await exchange(action, request)
    if ('error' in result) throw toVendorFailure(result.error, result.attempt)
    return checked(schema, result.response, action, request.doing)
  }
  const question = <T>(
    action: Action,
    schema: Schema<T>,
    doing: string,
    signal: AbortSignal,
    query: NonNullable<Request['query']> = {},
  ): Promise<T> => ask(action, schema, { query, doing, signal, effect: 'none' })
  const command = <T>(
    action: Action,
    schema: Schema<T>,
    doing: string,
    on: On,
    signal: AbortSignal,
    query: NonNullable<Request['query']>,
  ): Promise<T> => ask(action, schema, { query, doing, signal, effect: 'once', for: on })

  return {
    newSales: (signal: AbortSignal) => question('getnewsales', SalesWire, 'list new sales', signal),
    currentSales: ({ purchaseDate, token, notShipped, preorders }: CurrentSales, signal: AbortSignal) =>
      question('getcurrentsales', SalesWire, 'list confirmed sales', signal, {
        purchasedate: purchaseDate,
        nexttoken: token,
        notshippeditemsonly: notShipped === true ? 'true' : undefined,
        ispendingpreorder: preorders === true ? 'y' : undefined,
      }),
    billing: (purchaseId: string, signal: AbortSignal) =>
      question('getbillinginformation', BillingInformationWire, `read the billing of sale ${purchaseId}`, signal, {
        purchaseid: purchaseId,
      }),
    shipping: (purchaseId: string, signal: AbortSignal) =>
      question('getshippinginformation', ShippingInformationWire, `read the shipping of sale ${purchaseId}`, signal, {
        purchaseid: purchaseId,
      }),
    shippingTypes: (signal: AbortSignal) =>
      question('getavailableshippingtypes', ShippingTypesWire, 'list the shipping modes', signal),

    acceptUnit: (itemId: string, country: number, on: On, signal: AbortSignal) =>
      command('acceptsale', AcceptanceWire, `accept article ${itemId}`, on, signal, {
        itemid: itemId,
        shippingfromcountry: String(country),
      }),
    refuseUnit: (itemId: string, on: On, signal: AbortSignal) =>
      command('refusesale', StatusWire, `refuse article ${itemId}`, on, signal, { itemid: itemId }),
    cancelUnit: (itemId: string, comment: string, on: On, signal: AbortSignal) =>
      command('cancelitem', StatusWire, `cancel article ${itemId}`, on, signal, { itemid: itemId, comment }),
    confirmPreorder: (advertId: string, stock: number, on: On, signal: AbortSignal) =>
      command('confirmpreorder', StatusWire, `confirm the pre-orders of advert ${advertId}`, on, signal, {
        advertid: advertId,
        stock: String(stock),
      }),
    setTracking: (unit: ShippedUnit, on: On, signal: AbortSignal) =>
      command('settrackingpackageinfos', StatusWire, `set the tracking of article ${unit.itemId}`, on, signal, {
        itemid: unit.itemId,
        transporter_name: unit.transporter,
        tracking_number: unit.trackingNumber,
        tracking_url: unit.trackingUrl === '' ? undefined : unit.trackingUrl,
      }),
    message: (itemId: string, content: string, signal: AbortSignal) =>
      command('contactuseraboutitem', StatusWire, `write to the buyer of article ${itemId}`, [], signal, {
        itemid: itemId,
        content,
      }),

    /** Confirms units as shipped. Errors about single articles are an answer: `refused`. */
    async sendShipments(units: readonly ShippedUnit[], fileName: string, on: On, signal: AbortSignal) {
      const doing = `confirm ${units.length} articles as shipped`
      const result = await exchange('importitemshippingstatus', {
        file: { name: fileName, content: shippingFile(units) },
        effect: 'once',
        for: on,
        doing,
        signal,
      })
      if ('error' in result) {
        const failure = toVendorFailure(result.error, result.attempt)
        const refused = articlesIn(result.error.texts)
        if (refused.size === 0) throw failure
        return { importId: undefined, refused }
      }
      const { importId, errors } = checked(ImportWire, result.response, 'importitemshippingstatus', doing)
      return { importId, refused: articlesIn(errors) }
    },

    /** Changes offers by absolute values. Never with `purgeandreplace`, which would delete every advert that is not in the file. */
    async sendOffers(changes: readonly OfferChange[], fileName: string, on: On, signal: AbortSignal) {
      const doing = `send ${changes.length} offers`
      const { importId, status, errors } = await ask('genericimportfile', ImportWire, {
        file: { name: fileName, content: offersFile(changes) },
        effect: 'once',
        for: on,
        doing,
        signal,
      })
      if (importId === undefined)
        throw new KontorError('REQUEST_REJECTED', {
          message: `Rakuten took no file when trying to ${doing}: ${[status, ...errors].join(' ').slice(0, 200)}.`,
        })
      return importId
    },
    importReport: (importId: string, token: string | undefined, signal: AbortSignal) =>
      question('genericimportreport', ImportReportWire, `read the report of import ${importId}`, signal, {
        fileid: importId,
        nexttoken: token,
      }),
    adverts: (token: string | undefined, signal: AbortSignal) =>
      question('export', ExportWire, 'list the adverts', signal, { scope: 'PRICING', nexttoken: token }),

    toDoList: (signal: AbortSignal) =>
      question('getitemtodolist', ToDoListWire, 'list open claims and messages', signal),
    /** Marks the messages of the article as read: an effect, though a harmless one to repeat. */
    itemInfos: (itemId: string, signal: AbortSignal) =>
      ask('getiteminfos', ItemInfosWire, {
        query: { itemid: itemId },
        doing: `read the claim of article ${itemId}`,
        effect: 'repeatable',
        signal,
      }),

    /** Payouts can wait: they leave the quota to sales. */
    operations: (lastOperationDate: string | undefined, signal: AbortSignal) =>
      ask('getoperations', OperationsWire, {
        query: { operationcause: 'salestransfer', lastoperationdate: lastOperationDate },
        doing: 'list payouts',
        effect: 'none',
        purpose: 'aside',
        signal,
      }),
    compensation: (id: string, signal: AbortSignal) =>
      ask('getcompensationdetails', CompensationWire, {
        query: { compensationid: id },
        doing: `read payout ${id}`,
        effect: 'none',
        purpose: 'aside',
        signal,
      }),
  }
}

function checked<T>(schema: Schema<T>, value: unknown, action: Action, doing: string): T {
  const result = validate(schema, value)
  if (result.issues === undefined) return result.value
  const [issue] = result.issues
  const path = issue === undefined ? '' : issuePath(issue)
  throw new KontorError('WIRE_MISMATCH', {
    message: `Rakuten's answer to "${doing}" (${action}) is not of the form we know at ${path || 'its top'}. Update the plugin; otherwise report it with this path.`,
    path: `response.${path}`,
  })
}

/** `Article 260306083 : statut incorrect …`, by article; texts that name none are left out. */
function articlesIn(texts: readonly string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const text of texts)
    for (const [, itemId, words] of text.matchAll(
      /article\s*(?:n°\s*)?(\d+)\s*:?\s*([^\n]*?)(?=\s*article\s*(?:n°\s*)?\d+|$)/gi,
    ))
      if (itemId !== undefined) found.set(itemId, words ?? '')
  return found
}
