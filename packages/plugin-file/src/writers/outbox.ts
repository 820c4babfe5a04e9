import {
  isKontorError,
  KontorError,
  type Begin,
  type Clock,
  type Delivery,
  type Log,
  type Mode,
  type Outcome,
  type Writer,
} from '@kontor/core'
import { DropFolder } from '../client/drop-folder.ts'
import { hiddenFolders, openFolders, requireFolder, type Folders } from '../client/folders.ts'
import type { FileConfig } from '../config/index.ts'
import { errnoOf, fileError, onFiles } from '../errors.ts'
import { outgoingEntities, type OutgoingEntity } from '../tables/outgoing-columns.ts'
import { render, type Rendered } from './rendered.ts'

export interface OutboxServices {
  readonly config: FileConfig
  readonly folders: Folders
  readonly begin: Begin
  readonly clock: Clock
  readonly mode: Mode
  readonly log: Log
}
type Deliveries = readonly Delivery<OutgoingEntity>[]

/** Files that are prepared, noted as begun and moved together: one note and four syncs for all of them. */
const filesAtOnce = 50

/**
 * Writes records as files. Each file is prepared in a hidden folder, then its deliveries are noted as begun, then it appears under its name
 * in one step. What had begun and was not confirmed is asked of the prepared copy, never of the folder, which the other side empties.
 */
export function createOutbox(services: OutboxServices): Writer<OutgoingEntity> {
  return {
    async *write(batch, signal) {
      const { config, mode, begin } = services
      for (const [entity, deliveries] of byEntity(batch)) {
        if (mode === 'plan') {
          await begin(deliveries, `write ${deliveries.length} ${entity} to ${config.write[entity].folder}`)
          return
        }
        await requireFolder(services.folders)
        const drop = await openDrop(services.folders, entity)
        const { files, refused } = renderAll(services, entity, deliveries)
        yield* refused
        for (let start = 0; start < files.length; start += filesAtOnce) {
          signal.throwIfAborted()
          yield* dropAll(services, drop, entity, files.slice(start, start + filesAtOnce))
        }
      }
    },

    async *readBack(batch) {
      await requireFolder(services.folders)
      for (const [entity, deliveries] of byEntity(batch)) {
        const doing = `asking what became of ${entity}`
        const plan = services.mode === 'plan'
        const drop = plan
          ? dropIn(services.folders, entity, hiddenFolders(services.folders, entity))
          : await openDrop(services.folders, entity)
        for (const { key } of deliveries) {
          const found = await onFiles(doing, () => (plan ? drop.look(key) : drop.recall(key)))
          if (found === 'held' && !plan) await onFiles(doing, () => drop.sync())
          yield found === 'dropped' ? { key, is: 'done' } : { key, is: 'absent' }
        }
      }
    },
  }
}

const dropIn = (folders: Folders, entity: OutgoingEntity, hidden: readonly string[]): DropFolder =>
  new DropFolder(folders.outgoing(entity), hidden)

async function openDrop(folders: Folders, entity: OutgoingEntity): Promise<DropFolder> {
  return await onFiles(
    `preparing the folder for ${entity}`,
    async () => dropIn(folders, entity, await openFolders(folders, entity)),
    `write.${entity}.folder`,
  )
}

function renderAll(
  { config, clock }: OutboxServices,
  entity: OutgoingEntity,
  deliveries: Deliveries,
): { files: Rendered[]; refused: Outcome[] } {
  const settings = config.write[entity]
  const alone = deliveries.map((delivery) => ({ delivery, file: render(entity, [delivery], settings, clock.now()) }))
  const refused = alone.flatMap(({ delivery, file }): Outcome[] =>
    isKontorError(file) ? [{ key: delivery.key, is: 'refused', error: file }] : [],
  )
  const good = alone.flatMap(({ delivery, file }) => (isKontorError(file) ? [] : [{ delivery, file }]))
  if (settings.perFile === 'one' || good.length === 0) return { files: good.map(({ file }) => file), refused }
  const together = render(
    entity,
    good.map(({ delivery }) => delivery),
    settings,
    clock.now(),
  )
  return { files: isKontorError(together) ? [] : [together], refused }
}

/** Prepare, note, move. What comes before the note can be repeated freely; what comes after can be asked about. */
async function* dropAll(
  { begin, config, log }: OutboxServices,
  drop: DropFolder,
  entity: OutgoingEntity,
  files: readonly Rendered[],
): AsyncGenerator<Outcome> {
  const doing = `writing ${entity} to ${config.write[entity].folder}`
  const key = `write.${entity}.folder`
  const begun = files.flatMap((file) => file.keys.map((each) => ({ key: each })))
  await onFiles(
    doing,
    async () => {
      for (const file of files) await drop.stage(file.id, file.keys, file.bytes)
      await drop.sync()
    },
    key,
  )
  await begin(begun, `write ${files.length} files of ${entity} to ${config.write[entity].folder}`)
  const dropped: Rendered[] = []
  let failure: unknown
  for (const file of files) {
    failure = await drop.release(file.id, file.name).then(
      () => undefined,
      (thrown: unknown) => lostCopy(thrown, doing) ?? fileError(thrown, doing, key),
    )
    if (failure !== undefined) break
    dropped.push(file)
  }
  await onFiles(doing, () => drop.sync(), key)
  for (const file of dropped) {
    log.debug('file written', { entity, file: file.name, records: file.keys.length })
    for (const each of file.keys)
      yield { key: each, is: 'done', detail: { file: `${config.write[entity].folder}/${file.name}` } }
  }
  if (failure !== undefined) throw failure
}

/** The prepared copy is gone: another process took this work over while this one stood still. It knows what became of it. */
const lostCopy = (thrown: unknown, doing: string): KontorError | undefined =>
  errnoOf(thrown) === 'ENOENT'
    ? new KontorError('FENCED', {
        message: `${doing}: the prepared file is gone; another process has taken this work over.`,
        cause: thrown,
      })
    : undefined

function byEntity(batch: Deliveries): [OutgoingEntity, Delivery<OutgoingEntity>[]][] {
  const groups = Map.groupBy(batch, (delivery) => delivery.record.entity)
  return outgoingEntities.flatMap((entity): [OutgoingEntity, Delivery<OutgoingEntity>[]][] => {
    const deliveries = groups.get(entity)
    return deliveries === undefined ? [] : [[entity, deliveries]]
  })
}
