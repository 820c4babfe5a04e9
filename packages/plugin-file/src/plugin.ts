import { apiVersion, Clock, definePlugin, Log, Mode, Paths } from '@kontor/core'
import { checkFolders, openAll } from './client/check.ts'
import { foldersOf } from './client/folders.ts'
import { FileConfig } from './config/index.ts'
import { InboxCheckpoint } from './readers/checkpoint.ts'
import { createDocuments, DocumentsCheckpoint, openDocument } from './readers/documents.ts'
import { createInbox } from './readers/inbox.ts'
import { createOutbox } from './writers/outbox.ts'
import { incomingEntities } from './tables/incoming-fields.ts'
import { outgoingEntities } from './tables/outgoing-columns.ts'

export default definePlugin({
  id: 'file',
  title: 'Files in folders',
  apiVersion,
  description:
    'Orders and returns out, shipments, decisions, stock and more in, as CSV or JSON files, and invoices as PDF: the ERP or warehouse without an API.',
  config: FileConfig,
  limits: {},
  readers: {
    inbox: {
      yields: incomingEntities,
      checkpoint: InboxCheckpoint,
      dependsOn: ['folder', 'read', 'timeZone'],
      every: '1m',
      evidence: 'observed',
      effects: 'Files that were read are moved to `done` or `failed` below their folder.',
    },
    documents: {
      yields: ['invoices'],
      checkpoint: DocumentsCheckpoint,
      every: '1m',
      evidence: 'observed',
      effects: 'Documents that were read are moved to `done` or `failed` below their folder.',
    },
  },
  writers: {
    outbox: {
      takes: outgoingEntities,
      again: 'ask',
      batch: { max: 500, linger: '2s' },
      // The prepared copy answers at once and for good.
      settles: '0s',
      evidence: 'observed',
    },
  },
  needs: { clock: Clock, log: Log, mode: Mode, paths: Paths },
  create: ({ config, begin, clock, log, mode, paths }) => {
    const folders = foldersOf(config, paths.resolve(config.folder))
    return {
      check: (signal) => checkFolders(config, folders, mode, signal),
      ensure: () => openAll(config, folders, mode, clock.now()),
      readers: {
        inbox: createInbox({ config, folders, clock, mode, log }),
        documents: createDocuments({ config, folders, clock, mode, log }),
      },
      open: (file) => openDocument(folders, file),
      writers: { outbox: createOutbox({ config, folders, begin, clock, mode, log }) },
    }
  },
})
