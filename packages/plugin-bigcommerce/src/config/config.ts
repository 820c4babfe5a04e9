import { Currency } from '@kontor/core'
import { z } from 'zod'

const Duration = z.templateLiteral([z.int().nonnegative(), z.enum(['s', 'm', 'h', 'd'])])

const CouponsConfig = z.strictObject({
  as: z
    .enum(['coupon', 'promotion'])
    .default('coupon')
    .describe(
      'coupon: a coupon of its own per code, in the default currency of the store; promotion: a code of a promotion, one promotion per kind of discount, in any currency',
    ),
  channels: z.array(z.int().positive()).default([1]).describe('Channels a promotion is valid in'),
})

/** The `config` of a BigCommerce connection. Everything has a default; the store comes with the credentials. */
export const BigCommerceConfig = z.strictObject({
  apiUrl: z
    .url()
    .default('https://api.bigcommerce.com')
    .describe('Where the API is; another address only for the simulator'),
  channels: z.array(z.int().positive()).optional().describe('Read orders of these channels only. Absent: of all'),
  overlap: Duration.default('10m').describe('How far behind the newest order seen the next reading begins'),
  refunds: z
    .strictObject({
      recheck: Duration.default('72h').describe(
        'How long a refund is looked at again: its payment may still be declined',
      ),
    })
    .prefault({})
    .describe('Reading refunds'),
  currency: Currency.optional().describe(
    'Currency of the catalogue prices. Absent: asked of the store, which needs the scope "Information & Settings: read-only"',
  ),
  pricesIncludeTax: z
    .boolean()
    .default(true)
    .describe('Whether the prices of the catalogue are entered with tax (Settings, Tax)'),
  priceListId: z.int().positive().optional().describe('Write prices into this price list instead of the catalogue'),
  locations: z
    .record(z.string(), z.int().positive())
    .default({})
    .describe('Our names of locations and their ids in BigCommerce'),
  defaultLocation: z.int().positive().default(1).describe('Id of the location of stock without a location'),
  carriers: z
    .record(z.string(), z.string())
    .default({})
    .describe('Names of carriers as your warehouse writes them, and their AfterShip slug: { "DHL Paket": dhl }'),
  coupons: CouponsConfig.prefault({}).describe('How discount codes for rewards are made'),
  webhooks: z
    .strictObject({
      signature: z
        .enum(['when-present', 'required'])
        .default('when-present')
        .describe('Whether a webhook must carry the signature of BigCommerce beside our own secret'),
    })
    .prefault({})
    .describe('Receiving webhooks'),
})
export type BigCommerceConfig = z.infer<typeof BigCommerceConfig>
