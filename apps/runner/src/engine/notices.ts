import { KontorError, type Clock, type Log, type Problem } from '@kontor/core'
import { createHttp, createMemoryBuckets, createRedactor, noJournal } from '@kontor/core/host'
import { countForPerson } from '../store/needs-person.ts'
import { replaceNotices, type Notice } from '../store/notices.ts'
import type { Engine } from './engine.ts'
import type { Office } from './office.ts'

/** What is told to the address of `notify`. */
export interface Message {
  /** For people: all of it, in one line or a few. */
  text: string
  event: 'stopped' | 'works-again' | 'warning' | 'open'
  connection: string | undefined
  code: string | undefined
}
export type Notify = (message: Message) => Promise<void>

/** The connection cannot work until a person acts. Told once, not with every attempt; `logged`: by the job that found it. */
export async function noteStopped(engine: Engine, office: Office, error: KontorError, logged: boolean): Promise<void> {
  const notice: Notice = {
    key: `stopped ${office.name}`,
    connection: office.name,
    kind: 'stopped',
    message: error.message,
  }
  const { due } = await engine.store.write((tx) =>
    replaceNotices(tx, { kind: 'stopped', connection: office.name }, [notice], engine.clock.now()),
  )
  engine.troubled.add(office.name)
  if (due.length === 0) return
  if (!logged) engine.log.error(error.message, { connection: office.name, code: error.code })
  await engine.notify({
    text: `${office.name} stands still: ${error.message} Nothing is lost; it goes on by itself once this is mended.`,
    event: 'stopped',
    connection: office.name,
    code: error.code,
  })
}

/** Something of the connection has gone well: what had stopped it is over. */
export async function noteWorks(engine: Engine, name: string): Promise<void> {
  if (!engine.troubled.delete(name)) return
  const { over } = await engine.store.write((tx) =>
    replaceNotices(tx, { kind: 'stopped', connection: name }, [], engine.clock.now()),
  )
  if (over.length === 0) return
  engine.log.info(`${name} works again.`, { connection: name })
  await engine.notify({ text: `${name} works again.`, event: 'works-again', connection: name, code: undefined })
}

/** What a check warns of: kept for `status`, told again weekly, and daily in the week before it comes true. */
export async function noteWarnings(engine: Engine, office: Office, problems: readonly Problem[]): Promise<void> {
  const warnings = problems.filter(({ level }) => level === 'warning')
  const notices = warnings.map(({ message, code, key, until }): Notice => ({
    key: `warning ${office.name} ${code ?? ''} ${key ?? (code === undefined ? message : '')}`,
    connection: office.name,
    kind: 'warning',
    message,
    until: until === undefined ? undefined : Date.parse(until),
  }))
  const { due } = await engine.store.write((tx) =>
    replaceNotices(tx, { kind: 'warning', connection: office.name }, notices, engine.clock.now()),
  )
  for (const { message } of due) {
    engine.log.warn(message, { connection: office.name })
    await engine.notify({
      text: `${office.name}: ${message}`,
      event: 'warning',
      connection: office.name,
      code: undefined,
    })
  }
}

/** Things that wait for a person: told when there are more of them than there were, and weekly. */
export async function noteOpen(engine: Engine): Promise<void> {
  const count = await countForPerson(engine.store.db)
  const message = `${count} ${count === 1 ? 'thing waits' : 'things wait'} for a person: "kontor status" shows what.`
  const notices: Notice[] = count === 0 ? [] : [{ key: 'open', connection: undefined, kind: 'open', message, count }]
  const { due } = await engine.store.write((tx) =>
    replaceNotices(tx, { kind: 'open', connection: undefined }, notices, engine.clock.now()),
  )
  for (const each of due)
    await engine.notify({ text: each.message, event: 'open', connection: undefined, code: undefined })
}

/** Posts what is to be told as JSON to an address of the operator's choice. What cannot be told there is only logged: it stops nothing. */
export function createNotify(address: string, clock: Clock, log: Log): Notify {
  const url = URL.parse(address)
  if (!url) throw new KontorError('CONFIG_INVALID', { message: 'The address to notify is no URL.', key: 'notify' })
  const redactor = createRedactor(address)
  const http = createHttp({
    plugin: 'notify',
    hosts: { api: [url.origin] },
    fetch,
    clock,
    buckets: createMemoryBuckets(),
    journal: noJournal,
    redactor,
    bucketKey: (name) => name,
  })
  return async (message) => {
    try {
      await http.send({
        doing: 'notify',
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        json: message,
        as: 'none',
        effect: 'repeatable',
      })
    } catch (thrown) {
      log.warn('The address of notify could not be told.', {
        code: thrown instanceof KontorError ? thrown.code : 'INTERNAL',
      })
    }
  }
}
