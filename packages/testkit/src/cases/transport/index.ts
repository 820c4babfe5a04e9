import type { CaseTemplate } from '../../suite/case.ts'
import { abortCases } from './abort.ts'
import { hugeAnswer, splitUtf8 } from './bytes.ts'
import { foreignLinks, foreignRedirect, throughHttp } from './hosts.ts'
import { leftovers } from './leftovers.ts'
import { limits } from './limits.ts'
import { troubleCases } from './trouble.ts'

export const transportCases: readonly CaseTemplate[] = [
  ...troubleCases,
  splitUtf8,
  hugeAnswer,
  limits,
  foreignLinks,
  foreignRedirect,
  throughHttp,
  ...abortCases,
  leftovers,
]
