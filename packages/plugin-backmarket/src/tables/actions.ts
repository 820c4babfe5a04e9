import type { ActionSpec } from '@kontor/core'

const folder = 'number of the after-sales folder, where no return is given'
const attachment = 'address of a document on one of `documentHosts`, at most 3 MB'

/** What a person can have done at once. Back Market's OpenAPI file 0.1.1. */
export const actions = {
  'upload-invoice': {
    does: 'Uploads the PDF of an invoice to an order, in place of the one that is there.',
    arguments: {
      url: 'address of the PDF on one of `documentHosts`',
      order: 'number of the order, where none is given',
    },
    evidence: 'documented',
  },
  'send-message': {
    does: 'Writes to the buyer in an after-sales folder, and opens a closed one again. It is sent every time it is called.',
    arguments: { text: 'what is written', attachment, folder },
    evidence: 'documented',
  },
  'declare-problem': {
    does: 'Declares a problem with what came back.',
    arguments: {
      type: 'kind of the problem, as Back Market names it (default OTHER)',
      text: 'what is wrong',
      attachment,
      folder,
    },
    evidence: 'documented',
  },
  'transfer-item': {
    does: 'Tells that an item goes back to the buyer.',
    arguments: {
      carrier: 'who carries it',
      tracking: 'number of the parcel',
      action: 'REPAIR, REPLACE or NOTHING (default)',
      folder,
    },
    evidence: 'documented',
  },
} as const satisfies Readonly<Record<string, ActionSpec>>
