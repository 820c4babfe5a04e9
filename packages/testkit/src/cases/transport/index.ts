import type { CaseTemplate } from '../../suite/case.ts'
export const transportCases: readonly CaseTemplate[] = []
