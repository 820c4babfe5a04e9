import { z } from 'zod'

/** All the scopes that are told apart here. */
export const allScopes = [
  'orders',
  'transactions',
  'customers',
  'marketing',
  'products',
  'inventory',
  'information',
] as const
export type Scope = (typeof allScopes)[number]

/** What the guide of a loyalty programme asks for: no stock, no store information. */
export const loyaltyScopes: readonly Scope[] = ['orders', 'transactions', 'customers', 'marketing', 'products']

export const Options = z.strictObject({
  orders: z.int().min(0).max(100_000).default(12).describe('orders at the start, one a minute until now'),
  scopes: z
    .array(z.enum(allScopes))
    .default([...allScopes])
    .describe('scopes of the API account'),
  currency: z.string().default('EUR').describe('currency of the store, and of its orders'),
  consignments: z.boolean().default(true).describe('whether orders come with their lines when asked to'),
  quota: z.int().positive().default(150).describe('calls per 30 seconds'),
  shipmentsShowAfter: z.int().min(0).default(0).describe('milliseconds until a new shipment is listed'),
  newEvery: z.int().min(0).default(0).describe('milliseconds between new orders; 0: none'),
})
export type Options = z.output<typeof Options>
