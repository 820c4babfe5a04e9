import { z } from 'zod'
import { amountOrNothing, flag, listIn, many, text } from './fields.ts'

/** Answer to a file: a receipt, and for shipping statuses the articles it did not take. */
export const ImportWire = z
  .object({
    importid: text,
    status: text,
    errors: z.preprocess(
      (value) => (typeof value === 'string' ? { error: value } : value),
      listIn('error', z.unknown()),
    ),
  })
  .nullish()
  .transform((value) => ({
    importId: value?.importid,
    status: value?.status,
    errors: (value?.errors ?? []).flatMap((one) => errorTexts(one)),
  }))

function errorTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null
    ? [
        Object.values(value)
          .filter((one) => typeof one === 'string')
          .join(' '),
      ]
    : []
}

const reportedError = z.object({ error_key: text, error_code: text, error_text: text })
export const ReportedProductWire = z.object({
  sku: text,
  status: text,
  aid: text,
  errors: listIn('error', reportedError),
})
export type ReportedProductWire = z.infer<typeof ReportedProductWire>
export const ImportReportWire = z.object({
  nexttoken: text,
  file: z.object({ status: text, totallines: text, processedlines: text, errorlines: text }).nullish(),
  product: many(ReportedProductWire),
})
export type ImportReportWire = z.infer<typeof ImportReportWire>

export const AdvertWire = z.object({
  advertid: text,
  sku: text,
  price: amountOrNothing,
  unlimitedquantity: flag,
  stock: text,
})
export type AdvertWire = z.infer<typeof AdvertWire>
export const ExportWire = z.object({ nexttoken: text, advertlist: listIn('advert', AdvertWire) })
