import { eachWritten, promise, type CaseTemplate, type Subject } from '../../suite/case.ts'
import type { CaseContext } from '../../stage/context.ts'
import { writerSpec } from '../../suite/manifest.ts'
import { deliver, promiseEffects } from './deliver.ts'
import { prepare } from './prepare.ts'

const chapter = 'writing' as const
const MOST_DEATHS = 30

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
    const trial = await world(context, subject, 2)
    const { points } = await deliver(context, trial.system, subject, trial.wishes)
    promise(points.length > 0, 'the writer passed no point: nothing had begun and no outcome was yielded')
    const deaths = Math.min(points.length, MOST_DEATHS)
    let parked = 0
    for (let at = 1; at <= deaths; at += 1) {
      const { system, wishes } = await world(context, subject, 2)
      const delivered = await deliver(context, system, subject, wishes, { dieAt: at })
      promise(delivered.died, `the process did not come to its point ${at} (${points[at - 1]}) a second time`)
      parked += delivered.rows.filter(({ state }) => state === 'parked').length
      promiseEffects(context, system, subject, delivered, {
        mayPark: true,
        when: `after a death at "${points[at - 1]}" (point ${at})`,
      })
      await system.close()
    }
    context.facts.push(
      `killed at ${deaths} points (${writerSpec(context.plugin, subject.writer ?? '').again})${parked > 0 ? `; ${parked} deliveries parked for a person` : ''}`,
    )
  },
}
