import type { CaseTemplate } from '../../suite/case.ts'
import { everythingArrives, sameInstant, secondRunEmpty, stableIds, toldOnce, wellFormed } from './arrives.ts'
import { changesArrive, clockSkew, pagesDisordered, pagesShift } from './moving-world.ts'
import { absentStays, badRecordAlone, fetchAgrees, unknownStatus, vanishedIds } from './odd-records.ts'
import { killedBeforeCommit, resumeAtOnce, resumeLater } from './resume.ts'

export const readingCases: readonly CaseTemplate[] = [
  everythingArrives,
  wellFormed,
  stableIds,
  toldOnce,
  secondRunEmpty,
  changesArrive,
  sameInstant,
  resumeAtOnce,
  resumeLater,
  killedBeforeCommit,
  pagesShift,
  pagesDisordered,
  clockSkew,
  badRecordAlone,
  unknownStatus,
  fetchAgrees,
  absentStays,
  vanishedIds,
]
