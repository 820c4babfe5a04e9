/**
 * What can be declared about an after-sales folder. `attachment`: at least one document must come with it.
 * Source: POST /ws/sav/{careFolderId}/problem, `problem_type` (OpenAPI 0.1.1, copy of 2026-08-22).
 */
export const problemTypes = {
  ACCOUNT_LOCKED: { attachment: false },
  CODE_LOCKED: { attachment: false },
  DAMAGED_PACKAGE: { attachment: true },
  ITEM_NOT_RECEIVED: { attachment: true },
  MISSING_PART: { attachment: false },
  OOW_ITEM: { attachment: true },
  PROBLEM_NOT_IDENTIFIED: { attachment: false },
  WRONG_ITEM: { attachment: false },
  OTHER: { attachment: false },
} as const
export type ProblemType = keyof typeof problemTypes
export const isProblemType = (text: string): text is ProblemType => Object.hasOwn(problemTypes, text)

/** Those that need no document: what a warehouse's record can say by itself. */
export const plainProblemTypes = [
  'ACCOUNT_LOCKED',
  'CODE_LOCKED',
  'MISSING_PART',
  'PROBLEM_NOT_IDENTIFIED',
  'WRONG_ITEM',
  'OTHER',
] as const satisfies readonly ProblemType[]

/** Folders below it take the type OTHER alone, without a word; those above it take no item transfer. Same source. */
export const firstNewFolder = 100_000_000

/** What is done with an item that goes back to the buyer. Source: POST /ws/sav/{careFolderId}/item-transfer, `action`. */
export const transferActions = ['REPAIR', 'REPLACE', 'NOTHING'] as const
export type TransferAction = (typeof transferActions)[number]
