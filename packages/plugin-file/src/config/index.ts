import { z } from 'zod'
import { incomingFields, type IncomingEntity } from '../tables/incoming-fields.ts'
import type { OutgoingEntity } from '../tables/outgoing-columns.ts'
import { pathProblem } from './paths.ts'

const duration = (longest: number, whatFor: string) =>
  z.string().refine((text) => durationMs(text) <= longest, {
    error: `a duration of at most ${longest / 1000}s, e.g. "2s" (${whatFor})`,
  })
/** Milliseconds; more than anything allowed where the text is no duration. */
export const durationMs = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text)
  return match
    ? Number(match[1]) * (match[2] === 'ms' ? 1 : match[2] === 's' ? 1000 : 60_000)
    : Number.POSITIVE_INFINITY
}

const subfolder = z.string().min(1).max(500)
const delimiter = z.string().length(1).describe('One character between cells; `"\\t"` for a tab.')
const encoding = z.enum(['utf-8', 'utf-8-bom', 'utf-16le', 'latin1', 'windows-1252'])

const OutgoingBase = z.strictObject({
  folder: subfolder.describe('Where the files appear, below `folder` or as a path of its own.'),
  format: z
    .enum(['csv', 'jsonl', 'json'])
    .default('csv')
    .describe('`csv`: one row per line item. `json`, `jsonl`: the whole record.'),
  perFile: z
    .enum(['one', 'batch'])
    .default('one')
    .describe('`one`: a file for each record. `batch`: one file for all that go out together.'),
  fileName: z
    .string()
    .min(1)
    .max(150)
    .regex(/^[^/\\]+$/, 'a file name without folders')
    .refine((name) => !name.startsWith('.'), 'a name that does not begin with a point')
    .refine((name) => (name.match(/\{[^}]*\}/g) ?? []).every((word) => fileNameWords.includes(word)), {
      error: () => `only these in braces: ${fileNameWords.join(', ')}`,
    })
    .optional()
    .describe(
      "Name of a file without its extension. `{key}`: Kontor's key, `{number}`: the number on paper, `{time}`: when it was written, `{entity}`. What tells revisions apart is appended.",
    ),
  encoding: encoding.default('utf-8').describe('`utf-8-bom` is what spreadsheet programs recognise as UTF-8.'),
  replaceUnknownLetters: z
    .boolean()
    .default(false)
    .describe(
      'With a `latin1` or `windows-1252` encoding: write letters it does not have without accent, or as `?`. Otherwise such a record is refused.',
    ),
  delimiter: delimiter.default(';').describe('Between the cells of a CSV file.'),
  decimal: z.enum(['.', ',']).default('.').describe('Sign before the decimals of amounts in a CSV file.'),
  lineEnd: z.enum(['crlf', 'lf']).default('crlf').describe('How lines of a CSV file end. RFC 4180 says `crlf`.'),
  guardFormulas: z
    .boolean()
    .default(true)
    .describe(
      'Put an apostrophe before text a spreadsheet would run as a formula. Numbers and phone numbers stay as they are.',
    ),
  columns: z
    .record(z.string().min(1).max(100), z.string().min(1).max(100))
    .optional()
    .describe(
      'Columns of a CSV file, in order: header → path, e.g. `{ Auftrag: key, Menge: line.toShip, Name: shipTo.name }`.',
    ),
})
const fileNameWords = ['{key}', '{number}', '{time}', '{entity}']

const IncomingBase = z.strictObject({
  folder: subfolder.describe('Where the files are put, below `folder` or as a path of its own.'),
  format: z
    .enum(['auto', 'csv', 'jsonl', 'json'])
    .default('auto')
    .describe(
      '`auto` goes by the extension: .csv .txt .tsv, .jsonl .ndjson, .json; files with another one are left alone.',
    ),
  encoding: encoding.default('utf-8').describe('A byte order mark in the file is believed before this.'),
  delimiter: delimiter.optional().describe('Absent: `;`, `,`, tab or `|`, whichever fits the header.'),
  decimal: z
    .enum(['auto', '.', ','])
    .default('auto')
    .describe('Sign before decimals; `auto` refuses numbers that can be read in two ways.'),
  columns: z
    .record(z.string().min(1).max(200), z.string().max(100))
    .default({})
    .describe(
      'Header in the file → our field, where the usual names do not fit. An empty field leaves a column alone.',
    ),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional()
    .describe('Currency of amounts where the file names none (prices, refunds).'),
  taxIncluded: z.boolean().default(true).describe('Whether prices include tax where the file does not say (prices).'),
  marker: z
    .string()
    .regex(/^\.[A-Za-z0-9_-]+$/, 'an extension, e.g. ".done"')
    .optional()
    .describe('Read a file only when another one with this extension stands beside it (`a.csv.done` or `a.done`).'),
})

/** Where files go and come from when nothing is said. */
const outgoingFolders: Readonly<Record<OutgoingEntity, string>> = {
  orders: 'orders',
  returns: 'returns',
  shipments: 'shipments-out',
  refunds: 'refunds-out',
  payouts: 'payouts',
}

const outgoing = (entity: OutgoingEntity) =>
  OutgoingBase.extend({ folder: OutgoingBase.shape.folder.default(outgoingFolders[entity]) })
    .superRefine((given, context) => {
      for (const [header, path] of Object.entries(given.columns ?? {})) {
        const problem = pathProblem(entity, path)
        if (problem !== undefined) context.addIssue({ code: 'custom', path: ['columns', header], message: problem })
      }
    })
    .prefault({})

const incoming = (entity: IncomingEntity) =>
  IncomingBase.extend({ folder: IncomingBase.shape.folder.default(entity) })
    .superRefine((given, context) => {
      const fields = Object.keys(incomingFields[entity])
      for (const [header, field] of Object.entries(given.columns))
        if (field !== '' && !fields.includes(field))
          context.addIssue({ code: 'custom', path: ['columns', header], message: `one of ${fields.join(', ')}` })
    })
    .prefault({})

const Write = z.strictObject({
  orders: outgoing('orders').describe('Orders to be packed, and their later states.'),
  returns: outgoing('returns').describe('Returns that are announced.'),
  shipments: outgoing('shipments').describe('Parcels that others have sent.'),
  refunds: outgoing('refunds').describe('Money given back.'),
  payouts: outgoing('payouts').describe('What a marketplace pays out.'),
})
const Read = z.strictObject({
  decisions: incoming('decisions').describe('Orders that are accepted, refused or cancelled.'),
  shipments: incoming('shipments').describe('Parcels that were sent.'),
  receipts: incoming('receipts').describe('What arrived of returns.'),
  refunds: incoming('refunds').describe('Money to be given back.'),
  stock: incoming('stock').describe('How many pieces can be sold.'),
  prices: incoming('prices').describe('What things cost.'),
})

export const FileConfig = z
  .strictObject({
    folder: z
      .string()
      .min(1)
      .describe('The folder shared with the warehouse or ERP; relative to the configuration file.'),
    mustExist: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A file or folder that must be there before anything is read or written: guards against a network share that is not mounted.',
      ),
    timeZone: z
      .string()
      .default('UTC')
      .refine((zone) => isTimeZone(zone), 'an IANA time zone, e.g. "Europe/Berlin"')
      .describe('Zone of times in files that name none.'),
    quietFor: duration(30_000, 'for slower uploads use `marker`')
      .default('2s')
      .describe('How long a file must have kept its size before it is read.'),
    maxFileMegabytes: z
      .int()
      .min(1)
      .max(4000)
      .default(200)
      .describe('Larger files are not read; they are moved to `failed`.'),
    write: Write.prefault({}).describe('What goes out, by entity.'),
    read: Read.prefault({}).describe('What comes in, by entity.'),
    invoices: z
      .strictObject({
        folder: subfolder
          .default('invoices')
          .describe('Where invoices are put as PDF files, below `folder` or as a path of its own.'),
        name: z
          .string()
          .min(1)
          .max(300)
          .refine((text) => namesAnOrder(text), 'a regular expression with a group named `number`: (?<number>…)')
          .optional()
          .describe(
            'How the name of a document (without .pdf) tells its order: a regular expression with the group `number`, and `connection` for the key of Kontor. Absent: `5978.pdf`, or `bm-eu_5978.pdf` for the order bm-eu/5978.',
          ),
      })
      .prefault({})
      .describe('Invoices that come in as documents.'),
  })
  .superRefine((config, context) => {
    const seen = new Map<string, string>()
    for (const [side, settings] of [['write', config.write] as const, ['read', config.read] as const])
      for (const [entity, { folder }] of Object.entries(settings)) {
        const other = seen.get(folder)
        if (other !== undefined)
          context.addIssue({
            code: 'custom',
            path: [side, entity, 'folder'],
            message: `another folder than \`${other}\` has`,
          })
        seen.set(folder, `${side}.${entity}`)
      }
    const taken = seen.get(config.invoices.folder)
    if (taken !== undefined)
      context.addIssue({
        code: 'custom',
        path: ['invoices', 'folder'],
        message: `another folder than \`${taken}\` has`,
      })
  })
export type FileConfig = z.output<typeof FileConfig>
export type OutgoingSettings = FileConfig['write'][OutgoingEntity]
export type IncomingSettings = FileConfig['read'][IncomingEntity]

function namesAnOrder(text: string): boolean {
  try {
    return new RegExp(text, 'u').source.includes('(?<number>')
  } catch {
    return false
  }
}

function isTimeZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
