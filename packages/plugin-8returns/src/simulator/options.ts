import { z } from 'zod'

/** Every scenario of this system as a switch; what fails on the wire (429, 502, cut connections) is a fault of the kit. */
export const Options = z.strictObject({
  returns: z.coerce.number().int().min(0).default(12).describe('returns at the start'),
  newEvery: z.coerce.number().int().min(0).default(0).describe('milliseconds between new returns; 0: none come'),
  apiKey: z.string().default('demo-key').describe('the API key that is accepted'),
  password: z.string().default('demo-password').describe('the password that goes with it'),
  token: z.string().default('demo-token').describe('the single token that is accepted'),
  scopes: z
    .string()
    .default('returns,customers')
    .describe('what the credential may: returns, customers, labels, orders'),
  sort: z
    .enum(['honoured', 'ignored'])
    .default('honoured')
    .describe('ignored: the list comes by id, whatever is asked'),
  paging: z.enum(['honoured', 'ignored']).default('honoured').describe('ignored: page 1 comes, whatever is asked'),
  counters: z.stringbool().or(z.boolean()).default(true).describe('whether the list counts its pages'),
  largestPage: z.coerce.number().int().min(1).default(100).describe('more rows a page are not given'),
  amounts: z.enum(['text', 'number']).default('text').describe('number: amounts as JSON numbers'),
  eans: z.enum(['number', 'text']).default('number').describe('number: EANs lose the zeros in front'),
  times: z.enum(['offset', 'zoneless']).default('offset').describe('zoneless: times without an offset'),
  words: z
    .enum(['known', 'unknown'])
    .default('known')
    .describe('unknown: a status and a return type nobody told us about'),
  single: z.enum(['yes', 'no']).default('yes').describe('no: one return cannot be asked for by its id'),
  moves: z.coerce
    .number()
    .int()
    .min(0)
    .default(0)
    .describe('how many of the oldest returns change after each page of the list'),
  refuses: z.string().default('').describe('SKUs, with commas, whose booking fails although the answer is 200'),
  assume: z.stringbool().or(z.boolean()).default(false).describe('whether the endpoints nobody has seen exist'),
})
export type Options = z.output<typeof Options>
