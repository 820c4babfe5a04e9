import { echoQuestion } from './echo-words.ts'
import type { Db } from './store.ts'
import type { Status } from './status.ts'

const forPerson = ['parked', 'refused', 'held'] as const

/** How many things wait for a person: rejections, records that only a person can tell apart, and deliveries that are parked, refused or held by a guard. */
export function needsPerson(status: Pick<Status, 'rejections' | 'unmatched' | 'deliveries'>): number {
  const rejected =
    status.rejections.reduce((sum, { count }) => sum + count, 0) +
    status.unmatched.reduce((sum, { asked }) => sum + asked, 0)
  return status.deliveries.reduce(
    (sum, { counts }) => sum + forPerson.reduce((most, state) => most + (counts[state] ?? 0), 0),
    rejected,
  )
}

/** The same number, without looking at everything else. */
export async function countForPerson(db: Db): Promise<number> {
  const deliveries = await db
    .selectFrom('deliveries')
    .select((is) => is.fn.countAll().as('count'))
    .where('state', 'in', [...forPerson])
    .executeTakeFirst()
  const rejections = await db
    .selectFrom('rejections')
    .select((is) => is.fn.countAll().as('count'))
    .where('settled', 'is', null)
    .executeTakeFirst()
  const asked = await db
    .selectFrom('unmatched')
    .select((is) => is.fn.countAll().as('count'))
    .where('reason', 'like', `${echoQuestion}%`)
    .executeTakeFirst()
  return Number(deliveries?.count ?? 0) + Number(rejections?.count ?? 0) + Number(asked?.count ?? 0)
}
