import { endpoints, type AssumedOperation } from './endpoints.ts'
import { permissions } from './permissions.ts'

const assumed = (operation: AssumedOperation, does: string) => ({
  does: `${does} Off unless \`allowAssumed\` allows it.`,
  permission: permissions[endpoints[operation].permission].label,
  evidence: endpoints[operation].evidence,
})

/** The commands for people, as they are told before anything is connected. */
export const actions = {
  record: {
    does: 'Saves redacted live answers, and says what differs from what is assumed. "kontor record" keeps them as a file.',
    arguments: { search: 'records what is found by this', rows: 'how many returns, 5 unless said' },
    permission: permissions.returns.label,
    evidence: endpoints.listReturns.evidence,
  },
  createReturn: {
    ...assumed('createReturn', 'Creates a return.'),
    arguments: {
      order: 'number of the order',
      items: 'SKUs with quantities: SHIRT-M:2, HOSE-32',
      reference: 'a reference of yours',
      email: 'address of the customer',
      wants: 'what the customer wants: the words of your portal',
      reason: 'why',
      note: 'a note',
      again: '"yes" for a second return of the order',
    },
  },
  createLabel: {
    ...assumed('createLabel', 'Creates the label of a return, which may cost money.'),
    arguments: { return: 'id of the return', carrier: 'which carrier', format: 'pdf, png, zpl or qr' },
  },
  findOrders: {
    ...assumed('findOrders', 'Finds orders.'),
    arguments: { search: 'a number or a name' },
  },
}
