import { refuse, type Answer, type Random } from '@kontor/testkit/simulator'
import { SHOP, type Contact, type Options, type Transaction, type World } from './world.ts'

/** Leat answers nearly every failure as 400 with a code of its own; some of its texts are Dutch. */
export const failure = (code: number, message: string, status = 400): Answer => ({
  status,
  json: { message, code, status_code: status },
})

export const contactJson = (contact: Contact): Record<string, unknown> => ({
  id: contact.id,
  uuid: contact.uuid,
  email: contact.email,
  tier: null,
  subscriptions: [],
  credit_balance: { balance: contact.balance },
  prepaid_balance: { balance_in_cents: 0 },
  attributes: [],
})

const address = { id: 59, shop_id: 15, street: null, city: null, country: null }
const shop = { id: 15, uuid: SHOP, type: 'web', name: 'Muster shop', address }

export function transactionJson(transaction: Transaction, names: ReadonlySet<string> | 'all'): Record<string, unknown> {
  const { contact, attributes } = transaction
  const echoed =
    names === 'all' ? attributes : Object.fromEntries([...names].map((name) => [name, attributes[name] ?? null]))
  return {
    type: transaction.type,
    uuid: transaction.uuid,
    credits: transaction.credits,
    // With a blank in place of the T, as in the published example.
    created_at: new Date(transaction.created)
      .toISOString()
      .replace('T', ' ')
      .replace('.000Z', '+00:00')
      .replace(/\.\d+Z$/, '+00:00'),
    contact_identifier: null,
    contact: { uuid: contact.uuid, email: contact.email, credit_balance: { id: contact.id, balance: contact.balance } },
    shop,
    unit_value: transaction.unitValue,
    unit: { id: 112, name: 'purchase_amount', label: 'Purchase amount', prefix: '', is_default: true },
    ...(transaction.reward === undefined
      ? {}
      : { title: 'Reward', reward: { uuid: transaction.reward }, has_been_collected: false }),
    ...echoed,
  }
}

export const contactOf = (world: World, uuid: string): Contact =>
  world.contacts.find((one) => one.uuid === uuid) ?? refuse(failure(55031, 'Contact niet gevonden.'))

export const echoes = (world: World, options: Options): ReadonlySet<string> | 'all' =>
  options.attributes ? 'all' : world.attributeNames

export function makeContact(world: World, random: Random, email: string): Contact {
  const contact = { id: 2_625_740 + world.contacts.length, uuid: random.uuid(), email, balance: 0 }
  world.contacts.push(contact)
  return contact
}
