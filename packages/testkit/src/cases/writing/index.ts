import type { CaseTemplate } from '../../suite/case.ts'
import { killedAnywhere } from './deaths.ts'
import { ownEcho } from './echo.ts'
import { nothingTwice, planSendsNothing, takesEffect } from './healthy.ts'
import { lostAnswerCases } from './lost-answers.ts'
import { readBackTrue } from './read-back.ts'
import { notYet, partialResult, refusedAlone } from './refusals.ts'
import { cancellations, corrections, siblings } from './revisions.ts'

export const writingCases: readonly CaseTemplate[] = [
  takesEffect,
  nothingTwice,
  planSendsNothing,
  readBackTrue,
  killedAnywhere,
  ...lostAnswerCases,
  corrections,
  cancellations,
  siblings,
  refusedAlone,
  partialResult,
  notYet,
  ownEcho,
]
