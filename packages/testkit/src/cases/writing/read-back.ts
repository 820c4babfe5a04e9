import type { Delivery } from '@kontor/core'
import { deliveryOf, type Row } from '../../host/desk-rows.ts'
import { DoesNotArise, eachWritten, promise, type CaseTemplate } from '../../suite/case.ts'
import { writerSpec } from '../../suite/manifest.ts'
import { deliver, deliverOnce, promiseEffects } from './deliver.ts'
import { prepare } from './prepare.ts'

/** One that was delivered and one whose process died between *begun* and the call: what does the system say of both? */
export const readBackTrue: CaseTemplate = {
  chapter: 'writing',
  id: 'read-back',
  promise: 'readBack tells the truth: absent of what never left, done of what was done, and it changes nothing',
  applies: eachWritten,
  async run(context, subject) {
    const system = await context.start()
    const { again } = writerSpec(context.plugin, subject.writer ?? '')
    const [wish, other] = await prepare(context, system, await context.writerScenario(subject).good(system, 2))
    const writer = context.writerOf(await context.connect(system), subject)
    if (writer.readBack === undefined)
      throw new DoesNotArise(`It cannot be asked; what a delivery in doubt may do is \`${again}\`.`)
    promise(wish !== undefined && other !== undefined, 'the scenario good gave fewer than two wishes')
    const first = await deliver(context, system, subject, [wish])
    promiseEffects(context, system, subject, first, { when: 'in a quiet world' })
    const dead = await deliverOnce(context, system, subject, [other], { dieAt: 'begun' })
    promise(dead.died, 'it had an effect, and *begun* was not noted before it')
    await system.clock.advance(3_600_000)
    const before = system.truth.count()
    const answers = new Map<string, string>()
    await context.drive(system, async () => {
      for (const delivery of [...deliveriesOf(first.rows), ...deliveriesOf(dead.rows)])
        for await (const { key, is } of writer.readBack?.([delivery], new AbortController().signal) ?? [])
          answers.set(key, is)
    })
    const [ofDone = 'nothing', ofDead = 'nothing'] = [answers.get(wish.key), answers.get(other.key)]
    // Without its ticket a state may be impossible to recognise; then it is written once more, which changes nothing.
    const mayForget = again === 'safe' && ofDone === 'absent' && first.rows[0]?.ticket === undefined
    promise(ofDone === 'done' || ofDone === 'already' || mayForget, `what was done is read back as "${ofDone}"`)
    promise(ofDead === 'absent', `what had begun and never left is read back as "${ofDead}"`)
    promise(system.truth.count() === before, 'readBack has changed something in the system')
  },
}

const deliveriesOf = (rows: readonly Row[]): Delivery[] => rows.map(deliveryOf)
