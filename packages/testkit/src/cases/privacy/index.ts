import type { CaseTemplate } from '../../suite/case.ts'
export const privacyCases: readonly CaseTemplate[] = []
