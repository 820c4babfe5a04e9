import { z } from 'zod'
import { countryCodes, endpoints, marketplaces, regions, type CountryCode } from './tables/index.ts'

const Duration = z.templateLiteral([z.int().nonnegative(), z.enum(['s', 'm', 'h', 'd'])])

/** The `config` of an Amazon connection: one seller account in one region, with all its marketplaces. */
export const AmazonConfig = z.strictObject({
  region: z.enum(regions).describe('na, eu or fe: where the account sells. Each region is a connection of its own'),
  sellerId: z
    .string()
    .trim()
    .regex(/^A[0-9A-Z]{9,20}$/, 'the merchant token, for example A1EXAMPLE00000')
    .describe('Merchant token: Seller Central, Settings, Account info, Business information'),
  marketplaces: z
    .array(z.enum(countryCodes))
    .min(1)
    .optional()
    .describe(
      'Countries to work with, for example [DE, FR]. Absent: orders of all of the region. Offers that name no market are changed in the first (absent: US, DE or JP)',
    ),
  sandbox: z.boolean().default(false).describe('Call the sandbox of the Selling Partner API'),
  baseUrl: z
    .url()
    .refine(
      (url) => /^https:\/\/|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(url),
      'https, or http on this machine',
    )
    .optional()
    .describe('Another address for calls, tokens and documents, for the simulator. Overrides `region` and `sandbox`'),
  authorizedOn: z.iso
    .date()
    .optional()
    .describe(
      'Day the refresh token was issued. It lasts a year, and Kontor warns from 30 days before; without the day it counts from the first use',
    ),
  secretCreatedOn: z.iso
    .date()
    .optional()
    .describe(
      'Day the client secret was created. It lasts 180 days, and Kontor warns from 30 days before; without the day it counts from the first use',
    ),
  applicationId: z
    .string()
    .regex(/^amzn1\.sp\.solution\.[\w-]+$/, 'an application id, which begins with amzn1.sp.solution.')
    .optional()
    .describe('Only for a public app, whose sellers consent in the browser: its application id'),
  draftApp: z.boolean().default(false).describe('The public app is still a draft: consent is asked for its beta'),
  fba: z
    .enum(['import', 'skip'])
    .default('import')
    .describe('Orders that Amazon fulfils: import them (they are never to be shipped by you), or leave them out'),
  multiChannel: z
    .enum(['import', 'skip'])
    .default('skip')
    .describe('Orders of other shops that Amazon fulfils (multi-channel): the shop has them already'),
  carriers: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe(
      'Carriers as your warehouse writes them, with the exact carrier code of Amazon, or `Other: Name` for one it does not have: { "DHL Paket": DHL }',
    ),
  feedFrom: z
    .int()
    .min(1)
    .default(300)
    .describe(
      'From so many changed offers of one marketplace on they go as one feed: slower for each, and far faster for all',
    ),
  confirmAfter: Duration.default('16m').describe(
    'When after a confirmed shipment its order is asked whether the package stands in it, unless a reading has shown it before. Amazon drops some confirmations without a word',
  ),
  fbaLocation: z
    .string()
    .min(1)
    .max(100)
    .default('amazon-fba')
    .describe("Our name for Amazon's warehouses: the place of the stock that lies there"),
  orderChangeQueue: z
    .url()
    .refine(
      (url) =>
        /^https:\/\/sqs\.[a-z0-9-]+\.amazonaws\.com\/\d{12}\/[\w-]{1,80}$/.test(url) ||
        /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?\/\d{12}\/[\w-]{1,80}$/.test(url),
      'the URL of a standard queue, https://sqs.<region>.amazonaws.com/<account>/<name>',
    )
    .optional()
    .describe(
      'Amazon SQS queue of your own that Amazon tells changed orders to: they are then read at once instead of with the next reading. Needs the two AWS credentials. Without it nothing is missed, only later',
    ),
  overlap: Duration.default('5m').describe('How far behind the last reading of orders the next one begins'),
})
export type AmazonConfig = z.output<typeof AmazonConfig>

export const AmazonCredentials = z.strictObject({
  clientId: z
    .string()
    .trim()
    .regex(/^amzn1\.application-oa2-client\.\w+$/, 'an LWA client id, which begins with amzn1.application-oa2-client.')
    .describe('LWA client id of your private app'),
  clientSecret: z
    .string()
    .trim()
    .regex(/^\S{8,}$/, 'the whole secret, without blanks')
    .describe('LWA client secret of your private app'),
  refreshToken: z
    .string()
    .trim()
    .regex(/^Atzr\|\S+$/, 'a refresh token, which begins with Atzr|')
    .describe('What "Authorize app" shows'),
  awsAccessKeyId: z
    .string()
    .trim()
    .regex(/^[A-Z0-9]{16,128}$/, 'an access key id, which begins with AKIA')
    .optional()
    .describe('Access key id of the AWS user that reads orderChangeQueue; only with that'),
  awsSecretAccessKey: z
    .string()
    .trim()
    .regex(/^\S{16,}$/, 'the whole secret, without blanks')
    .optional()
    .describe('Its secret access key'),
})
export type AmazonCredentials = z.output<typeof AmazonCredentials>

/** Where calls go. */
export const originOf = ({ baseUrl, region, sandbox }: Pick<AmazonConfig, 'baseUrl' | 'region' | 'sandbox'>): string =>
  baseUrl === undefined ? endpoints[region][sandbox ? 'sandbox' : 'production'] : new URL(baseUrl).origin

/** Where tokens are given: one host for all regions (Login with Amazon). */
export const tokenOriginOf = ({ baseUrl }: Pick<AmazonConfig, 'baseUrl'>): string =>
  baseUrl === undefined ? 'https://api.amazon.com' : new URL(baseUrl).origin

/** A queue of Amazon SQS, by its URL. */
export interface Queue {
  url: string
  origin: string
  region: string
  arn: string
}

/** The queue that changes of orders are told to. One on this machine, of a simulator, is taken as one of the region. */
export function queueOf({
  orderChangeQueue,
  region,
}: Pick<AmazonConfig, 'orderChangeQueue' | 'region'>): Queue | undefined {
  if (orderChangeQueue === undefined) return undefined
  const { origin, hostname, pathname } = new URL(orderChangeQueue)
  const awsRegion = /^sqs\.([a-z0-9-]+)\.amazonaws\.com$/.exec(hostname)?.[1] ?? endpoints[region].aws
  const [account, name] = pathname.slice(1).split('/')
  return { url: orderChangeQueue, origin, region: awsRegion, arn: `arn:aws:sqs:${awsRegion}:${account}:${name}` }
}

/** Documents lie at presigned addresses of Amazon's storage. */
export const documentHostsOf = ({ baseUrl }: Pick<AmazonConfig, 'baseUrl'>): string[] =>
  baseUrl === undefined ? ['*.amazonaws.com', '*.cloudfront.net'] : [new URL(baseUrl).origin]

/** Where offers are changed that name no market: the first marketplace of the configuration, else the largest of the region. */
export const homeOf = ({ marketplaces: named, region }: Pick<AmazonConfig, 'marketplaces' | 'region'>): CountryCode =>
  named?.[0] ?? { na: 'US' as const, eu: 'DE' as const, fe: 'JP' as const }[region]

/** The countries of a connection: those it names, else all of its region. */
export const marketplacesOf = ({
  marketplaces: named,
  region,
}: Pick<AmazonConfig, 'marketplaces' | 'region'>): readonly CountryCode[] =>
  named ?? countryCodes.filter((code) => marketplaces[code].region === region)

/** Marketplace ids of countries. */
export const countriesToIds = (codes: readonly CountryCode[]): string[] => codes.map((code) => marketplaces[code].id)
