import type { Plugin } from '@kontor/core'
import { accessCases } from '../cases/access/index.ts'
import { manifestCases } from '../cases/manifest/index.ts'
import { privacyCases } from '../cases/privacy/index.ts'
import { readingCases } from '../cases/reading/index.ts'
import { transportCases } from '../cases/transport/index.ts'
import { writingCases } from '../cases/writing/index.ts'
import { processCases } from '../process/index.ts'
import type { CaseTemplate, ConformanceCase } from './case.ts'

/** Every promise there is. */
export const caseTemplates: readonly CaseTemplate[] = [
  ...manifestCases,
  ...accessCases,
  ...readingCases,
  ...writingCases,
  ...transportCases,
  ...privacyCases,
  ...processCases,
]

/** The promises that this plugin gives, by what its manifest declares. */
export function casesFor(plugin: Plugin): ConformanceCase[] {
  return caseTemplates.flatMap((template) =>
    template.applies(plugin).map((subject) => ({
      id: `${template.chapter}/${template.id}${subject.label === '' ? '' : `:${subject.label}`}`,
      chapter: template.chapter,
      name: `${subject.label === '' ? '' : `${subject.label}: `}${template.promise}`,
      template,
      subject,
    })),
  )
}

/** Keys of weaker promises that belong to no case: a promise about nothing hides a spelling mistake. */
export function strayPromises(plugin: Plugin, promises: Readonly<Record<string, unknown>>): string[] {
  const known = new Set(casesFor(plugin).flatMap(({ id, template }) => [id, `${template.chapter}/${template.id}`]))
  return Object.keys(promises).filter((key) => !known.has(key))
}
