import { eachWritten, promise, type CaseTemplate } from '../../suite/case.ts'
import { writerSpec } from '../../suite/manifest.ts'
import { allBegun, deliver, promiseEffects } from './deliver.ts'
import { prepare } from './prepare.ts'

const chapter = 'writing' as const

export const takesEffect: CaseTemplate = {
  chapter,
  id: 'takes-effect',
  promise: 'each delivery has one outcome and one effect, and the system then holds what the record says',
  applies: eachWritten,
  async run(context, subject) {
    const system = await context.start()
    const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 4))
    const delivered = await deliver(context, system, subject, wishes)
    promise(delivered.troubles.length === 0, () => `it threw: ${String(delivered.troubles[0]?.thrown)}`)
    promiseEffects(context, system, subject, delivered, { when: 'in a quiet world' })
    const asked = delivered.log.entries.filter(({ kind }) => kind === 'begun')
    promise(
      asked.length > 0,
      'effects were made, and no call had begun: *begun* must be noted (`for`, or begin) before each effect',
    )
    context.facts.push(`${wishes.length} deliveries in ${delivered.opened.tap.requests.length} requests`)
  },
}

export const nothingTwice: CaseTemplate = {
  chapter,
  id: 'second-run',
  promise: 'a second run that has forgotten the answers writes nothing a second time',
  applies: eachWritten,
  async run(context, subject) {
    const system = await context.start()
    const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 3))
    const log = allBegun(context, system, wishes)
    promiseEffects(context, system, subject, await deliver(context, system, subject, wishes), {
      when: 'in the first run',
    })
    await system.clock.advance(3_600_000)
    const again = await deliver(context, system, subject, wishes, { log })
    promiseEffects(context, system, subject, again, {
      when: 'after a second run that knew only that each call had begun',
      mayPark: true,
    })
  },
}

export const planSendsNothing: CaseTemplate = {
  chapter,
  id: 'plan-mode',
  promise: 'in plan mode nothing is sent',
  applies: eachWritten,
  async run(context, subject) {
    const { KontorError } = await import('@kontor/core')
    const system = await context.start()
    const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 2))
    const before = system.truth.count()
    let shown = 0
    const opened = await context.connect(system, {
      mode: 'plan',
      journal: {
        async begin(_, { doing }) {
          shown += 1
          throw new KontorError('PLAN_MODE', { message: `Would ${doing}.` })
        },
      },
    })
    const writer = context.writerOf(opened, subject)
    await context.drive(system, async () => {
      for (const wish of wishes) {
        try {
          for await (const outcome of writer.write([{ ...wish, record: wish.record }], new AbortController().signal))
            promise(outcome.is !== 'done' && outcome.is !== 'sent', `write says "${outcome.is}" in plan mode`)
        } catch (thrown) {
          if (!(thrown instanceof KontorError) || thrown.code !== 'PLAN_MODE') throw thrown
        }
      }
    })
    await system.clock.advance(3_600_000)
    promise(
      system.truth.count() === before,
      `something happened in the system in plan mode: ${system.truth.effects
        .slice(before)
        .map(({ what, key }) => `${what} ${key}`)
        .join(', ')}`,
    )
    promise(shown > 0, 'nothing was shown that would have been sent')
  },
}

export const readBackTrue: CaseTemplate = {
  chapter,
  id: 'read-back',
  promise: 'readBack tells the truth: absent before, done after, and it changes nothing',
  applies: eachWritten,
  async run(context, subject) {
    const system = await context.start()
    const [done, never] = await prepare(context, system, await context.writerScenario(subject).good(system, 2))
    if (done === undefined || never === undefined) return
    const opened = await context.connect(system)
    const writer = context.writerOf(opened, subject)
    if (writer.readBack === undefined)
      return void context.facts.push(
        `cannot be asked; in doubt: ${writerSpec(context.plugin, subject.writer ?? '').again}`,
      )
    const first = await deliver(context, system, subject, [done])
    promiseEffects(context, system, subject, first, { when: 'in a quiet world' })
    await system.clock.advance(3_600_000)
    const before = system.truth.count()
    const answers = new Map<string, string>()
    const row = first.rows[0]
    const { toInstant } = await import('@kontor/core')
    const sent = {
      at: toInstant(row?.begunAt ?? system.clock.now()),
      ...(row?.ticket === undefined ? {} : { ticket: row.ticket }),
      ...(row?.item === undefined ? {} : { item: row.item }),
    }
    await context.drive(system, async () => {
      for await (const outcome of writer.readBack?.([{ ...done, sent }], new AbortController().signal) ?? [])
        answers.set(outcome.key, outcome.is)
      for await (const outcome of writer.readBack?.(
        [{ ...never, sent: { at: sent.at } }],
        new AbortController().signal,
      ) ?? [])
        answers.set(outcome.key, outcome.is)
    })
    const ofDone = answers.get(done.key)
    // Without its ticket a state may be impossible to recognise; then it is written once more, which changes nothing.
    const mayForget = writerSpec(context.plugin, subject.writer ?? '').again === 'safe' && sent.ticket === undefined
    promise(
      ofDone === 'done' || ofDone === 'already' || mayForget,
      `what was done is read back as "${ofDone ?? 'nothing'}"`,
    )
    promise(
      answers.get(never.key) === 'absent',
      `what was never sent is read back as "${answers.get(never.key) ?? 'nothing'}"`,
    )
    promise(system.truth.count() === before, 'readBack has changed something in the system')
  },
}
