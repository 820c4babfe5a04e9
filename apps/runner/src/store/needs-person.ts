import type { Status } from './status.ts'

/** How many things wait for a person: rejections, and deliveries that are parked, refused or held by a guard. */
export function needsPerson(status: Pick<Status, 'rejections' | 'deliveries'>): number {
  const rejected = status.rejections.reduce((sum, { count }) => sum + count, 0)
  return status.deliveries.reduce(
    (sum, { counts }) => sum + (counts.parked ?? 0) + (counts.refused ?? 0) + (counts.held ?? 0),
    rejected,
  )
}
