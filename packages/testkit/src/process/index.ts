import type { CaseTemplate } from '../suite/case.ts'
export const processCases: readonly CaseTemplate[] = []
