import { compareEcho, type AnyRecord, type Echo, type Plugin } from '@kontor/core'
import { keyOf } from '../../host/page-store.ts'
import { eachWritten, promise, type CaseTemplate, type Subject } from '../../suite/case.ts'
import { manifestOf } from '../../suite/manifest.ts'
import { readAll } from '../reading/flow.ts'
import { deliver, promiseEffects } from './deliver.ts'
import { prepare } from './prepare.ts'

const chapter = 'writing' as const

/** Entities that are written and read: each could come back as somebody else's. */
const echoing = (plugin: Plugin): readonly Subject[] =>
  eachWritten(plugin).flatMap((subject) => {
    const readers = Object.entries(manifestOf(plugin).readers)
    const reader = readers.find(([, { yields }]) => yields.some((entity) => entity === subject.entity))?.[0]
    return reader === undefined ? [] : [{ ...subject, reader }]
  })

export const ownEcho: CaseTemplate = {
  chapter,
  id: 'own-echo',
  promise: 'what we wrote and read again is known as ours, by the reference of its outcome or by what it says',
  applies: echoing,
  async run(context, subject) {
    const system = await context.start()
    const wishes = await prepare(context, system, await context.writerScenario(subject).good(system, 2))
    const before = await readAll(context, system, subject)
    const delivered = await deliver(context, system, subject, wishes)
    promiseEffects(context, system, subject, delivered, { when: 'in a quiet world' })
    await system.clock.advance(60_000)
    const after = await readAll(context, system, subject, { checkpoint: before.checkpoint })
    const ours = new Set(
      delivered.rows.flatMap(({ reference, wish }) => [reference, wish.record.id, wish.key, wish.name]),
    )
    const expected = delivered.rows.flatMap(({ echo }) => echo ?? [])
    const strangers = [...after.store.records.values()].filter(
      (record) =>
        record.entity === subject.entity &&
        !before.store.has(record) &&
        !ours.has(record.id) &&
        !isExpected(expected, record),
    )
    promise(
      strangers.length === 0,
      () =>
        `${strangers.map(keyOf).join(', ')} is our own writing, read again; no outcome gave this id as its \`reference\`, or said by \`echo\` what it would tell, so it would be delivered once more`,
    )
  },
}

/** Each echo is found once. */
function isExpected(expected: Echo[], record: AnyRecord): boolean {
  const index = expected.findIndex((echo) => record.entity === 'refunds' && compareEcho(echo, record).is === 'same')
  if (index !== -1) expected.splice(index, 1)
  return index !== -1
}
