import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  checkAgainstJsonSchema,
  checkAgainstOpenApi,
  loadSpecification,
  NO_SPECS,
  specsFolder,
  type SpecificationException,
} from '../../src/simulator/index.ts'
import { readJson, sandboxExchanges } from './amazon-sandbox.ts'

const specs = specsFolder()

function filesIn(folder: string, fits: RegExp): string[] {
  if (specs === undefined) return []
  return readdirSync(join(specs, folder))
    .filter((name) => fits.test(name))
    .map((name) => join(specs, folder, name))
}

const amazon = filesIn('amazon', /^(?!.*(Notification|Quantity|listings-feed)).*\.json$/)
const described = [
  ...filesIn('backmarket', /-api-openapi\.yml$|openapi-original\.yml$/),
  ...filesIn('bigcommerce', /\.yml$/),
  ...amazon,
  ...filesIn('loyalty', /\.yaml$/),
  ...filesIn('8returns-observed', /\.yaml$/),
]

/** Each read in the models of 2026-08-05. */
const SANDBOX_DEFECTS: SpecificationException[] = [
  {
    reason: 'static cases leave out parameters and bodies that do not select them',
    where: /^(query|request body)$/,
    message: /required/,
  },
  { reason: 'static cases ask with plain dates', path: /^\/finances\//, where: /^query\//, message: /date-time/ },
  {
    reason: 'static cases answer with plain dates',
    path: /^\/finances\/2024-06-19\//,
    where: /(asOfDate|periodStart|periodEnd)$/,
  },
  {
    reason: 'the static case has an empty LabelFormat',
    path: '/mfn/v0/eligibleShippingServices',
    where: /LabelFormat$/,
  },
  { reason: 'the static case has an empty FileType', path: '/mfn/v0/shipments/{shipmentId}', where: /FileType$/ },
  {
    reason: 'the static case has no default currency and language',
    path: '/sellers/v1/account',
    message: /default(Currency|Language)Code/,
  },
]

describe.skipIf(specs === undefined)(`official specifications (skipped where ${NO_SPECS})`, () => {
  it.each(described.map((file) => [file.split('/').slice(-2).join('/'), file]))('%s loads and compiles', (_, file) => {
    const specification = loadSpecification(file)
    expect(specification.compileAll()).toBeGreaterThanOrEqual(specification.operations.length)
    expect([...specification.defects]).toEqual([])
  })

  it('finds the vendors of all six connectors', () => {
    expect(described.length).toBeGreaterThan(40)
  })

  it('finds in the official sandbox cases those that break their own schema, and no others', () => {
    const exchanges = amazon.flatMap((file) => sandboxExchanges(file))
    const { violations, checked } = checkAgainstOpenApi({ file: amazon, exchanges, exceptions: SANDBOX_DEFECTS })
    expect(checked).toBeGreaterThan(130)
    expect(violations).toEqual([])
  })

  it('checks one of the official examples against its JSON Schema, and catches it broken', () => {
    const folder = join(specs ?? '', 'amazon')
    const schema = join(folder, 'listings-feed-processing-report-schema-v2.json')
    const value = readJson(join(folder, 'listings-feed-processing-report-schema-v2.example.json'))
    expect(checkAgainstJsonSchema({ schema, value })).toEqual([])
    expect(checkAgainstJsonSchema({ schema, value: { ...value, header: undefined } })).not.toEqual([])
  })
})
