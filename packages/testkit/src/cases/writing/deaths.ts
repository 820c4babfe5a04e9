import { eachWritten, promise, type CaseTemplate, type Subject } from '../../suite/case.ts'
import type { CaseContext } from '../../stage/context.ts'
import { writerSpec } from '../../suite/manifest.ts'
import { deliver, promiseEffects } from './deliver.ts'
import { prepare } from './prepare.ts'

const chapter = 'writing' as const

async function world(context: CaseContext, subject: Subject, count: number) {
  const system = await context.start()
  return { system, wishes: await prepare(context, system, await context.writerScenario(subject).good(system, count)) }
}

export const killedAnywhere: CaseTemplate = {
  chapter,
  id: 'killed',
  promise: 'killed before and after every begun, answer and commit: nothing is lost, nothing is doubled',
  applies: eachWritten,
  async run(context, subject) {
    // One death at each point, until a process passes them all and lives.
    let parked = 0
    let points = 0
    for (let alive = false; !alive;) {
      const { system, wishes } = await world(context, subject, 2)
      const delivered = await deliver(context, system, subject, wishes, { dieAt: points + 1 })
      alive = !delivered.died
      promise(!alive || points > 0, 'the writer passed no point: nothing had begun and no outcome was yielded')
      parked += delivered.rows.filter(({ state }) => state === 'parked').length
      promiseEffects(context, system, subject, delivered, {
        mayPark: true,
        when: alive ? 'without a death' : `after a death at "${delivered.points.at(-1)}" (point ${points + 1})`,
      })
      if (!alive) points += 1
      await system.close()
    }
    context.facts.push(
      `killed at each of ${points} points (${writerSpec(context.plugin, subject.writer ?? '').again})${parked > 0 ? `; ${parked} deliveries parked for a person` : ''}`,
    )
  },
}
