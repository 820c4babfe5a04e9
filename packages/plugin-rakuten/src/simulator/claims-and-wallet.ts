import { amount, cdata, element, parameterError, parisTime, text } from './answer-xml.ts'
import type { Handler } from './handler.ts'
import { unitOf } from './world.ts'

export const getItemToDoList: Handler = ({ world, respond }) => {
  const open = [...world.claims.values()].filter((claim) => claim.open)
  const items = (world.disordered ? [...open.toReversed(), ...open.slice(0, 2)] : open).map((claim) =>
    element(
      'item',
      text('itemid', claim.itemId),
      element(
        'causes',
        claim.damaged === true ? element('cause', text('label', 'CLAIM')) : text('cause', 'CLAIM'),
        claim.unread && text('cause', 'UNREAD_MESSAGE_FROM_BUYER'),
      ),
    ),
  )
  return respond(element('items', ...items))
}

/** Marks the messages of the article as read. */
export const getItemInfos: Handler = ({ world, options, query, truth, respond }) => {
  const itemId = query.get('itemid') ?? ''
  const found = unitOf(world, itemId)
  if (found === undefined) return parameterError(options, "The parameter 'itemid' is invalid.")
  const claim = world.claims.get(itemId)
  if (claim?.unread === true) {
    claim.unread = false
    truth.add('messages-read', itemId)
  }
  const message =
    claim &&
    element(
      'message',
      text('sender', `\n ${found.sale.buyer}\n`),
      text('recipient', options.login),
      text('senddate', `\n ${parisTime(claim.at)} `),
      cdata('content', claim.comment),
      text('status', claim.unread ? 'UNREAD' : 'READ'),
    )
  return respond(
    element(
      'item',
      text('itemid', itemId),
      text('date', parisTime(found.sale.soldAt)),
      text('itemstatus', found.unit.status),
      text('itemstate', claim === undefined ? '' : 'CLAIMED_AMICABLE'),
      text('paymentstatus', 'Forthcoming'),
      claim &&
        element(
          'claim',
          text('creationdate', parisTime(claim.at)),
          text('type', claim.type),
          text('state', 'NEW'),
          text('amicable', 'Y'),
          cdata('claimcomment', claim.comment),
        ),
      element('availableactions', element('action', text('title', 'Annuler'), text('actioncode', 'cancelitem'))),
      message,
    ),
  )
}

/** Newest first; `lastoperationdate` leads to older ones. */
export const getOperations: Handler = ({ world, options, query, respond }) => {
  const before = query.get('lastoperationdate')
  const all = world.operations.toSorted((a, b) => b.at - a.at)
  const start = before === null ? 0 : all.findIndex((one) => shortDate(parisTime(one.at, true)) === before) + 1
  const page = all.slice(start, start + options.payoutsPerPage)
  return respond(
    element(
      'operations',
      ...page.map((one) =>
        element(
          'operation',
          text('operationid', one.operationId),
          text('operationdate', parisTime(one.at, true)),
          text('operationcause', 'salestransfer'),
          text('operationtype', 'Credit'),
          text('operationstate', 'FINALIZED'),
          amount('operationamount', one.amount),
          text('compensationid', one.compensationId),
        ),
      ),
      text('hasmoreoperations', String(start + options.payoutsPerPage < all.length)),
    ),
  )
}
const shortDate = (date: string): string => date.replace(/\/\d{2}(\d{2})-/, '/$1-')

export const getCompensationDetails: Handler = ({ world, options, query, respond }) => {
  const operation = world.operations.find((one) => one.compensationId === query.get('compensationid'))
  if (operation === undefined) return parameterError(options, "The parameter 'compensationid' is invalid.")
  const [sale] = world.sales.values()
  const unit = sale?.units[0]
  const payment =
    sale &&
    unit &&
    element(
      'itempayment',
      text('purchaseid', sale.purchaseId),
      element(
        'item',
        text('itemid', unit.itemId),
        cdata('sku', unit.sku),
        amount('itemsaleprice', unit.price),
        amount('paymentamount', operation.amount),
      ),
    )
  return respond(
    element(
      'compensationdetails',
      text('compensationid', operation.compensationId),
      text('compensationdate', parisTime(operation.at)),
      text('invoicenumber', '122000'),
      '\n// Cas d’un article payé normalement\n',
      payment,
      element(
        'licensefee',
        text('licensefeeid', '031000'),
        text('licensefeeperiod', '07/2026'),
        amount('licensefeeamountincltax', '23.91'),
      ),
    ),
  )
}
