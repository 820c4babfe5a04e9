import { z } from 'zod'

export const TOKEN = 'exampletoken-leat-0001'
/** A token of another account, which has another shop. */
export const OTHER_TOKEN = 'exampletoken-leat-0002'
export const OTHER_SHOP = '3f0c2a4e-2222-4222-8222-000000000002'
export const SHOP = '3f0c2a4e-1111-4111-8111-000000000001'
export const ROOT = '/api/v3/oauth/clients'

export const Options = z.strictObject({
  rate: z.number().positive().default(1.6).describe('points for one unit of the currency, rounded to the nearest'),
  negative: z.boolean().default(false).describe('whether a balance may fall below zero'),
  attributes: z
    .boolean()
    .default(true)
    .describe('whether bookings echo attributes at once; false: only those that were created'),
  orderAction: z.boolean().default(true).describe('whether orders earn points'),
  perSecond: z.int().positive().default(50).describe('calls a second before 429'),
})
export type Options = z.output<typeof Options>

export interface Contact {
  id: number
  uuid: string
  email: string
  balance: number
}

export interface Transaction {
  uuid: string
  type: 'credit_reception' | 'reward_reception'
  contact: Contact
  credits: number
  unitValue: number | null
  created: number
  attributes: Record<string, string>
  reward: string | undefined
  reversed: boolean
}

interface Reward {
  uuid: string
  title: string
  cost: number
  active: boolean
  stock: number | null
}

interface LeatOrder {
  uuid: string
  externalId: string
  contact: Contact
  total: number
}

/** A booking of the plain ledger. */
export interface LedgerEntry {
  id: string
  key: string
  kind: string
  points: number
  shortfall: number
  member: string
  reverses: string | null
  order: string | undefined
  value: { amount: string; currency: string } | undefined
}

export interface World {
  contacts: Contact[]
  transactions: Transaction[]
  rewards: Reward[]
  orders: LeatOrder[]
  attributeNames: Set<string>
  members: Map<string, { id: string; email: string; points: number }>
  entries: LedgerEntry[]
  /** The HMAC secret the plain ledger checks with, where one is set. */
  signingSecret: string | undefined
}
