import { createHash } from 'node:crypto'
import { KontorError, type FileRef, type Files } from '@kontor/core'
import type { Engine } from './engine.ts'

/** Opens files of records by asking the connection that told of them. Nothing is kept: a file lies where it was read, and nowhere else. */
export const filesOf = (engine: Engine): Files => ({
  async open(file, signal) {
    const holders = await connectionsWith(engine, file)
    for (const name of holders) {
      const bytes = await engine.offices.get(name)?.parts.open?.(file, signal)
      if (bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === file.sha256) return bytes
    }
    throw new KontorError('NOT_FOUND', {
      message:
        holders.length === 0
          ? `No record names the file ${file.name} any more.`
          : `The file ${file.name} is no longer at ${holders.join(', ')}, or it is another one by now. Put it there again.`,
    })
  },
})

async function connectionsWith(engine: Engine, { sha256 }: FileRef): Promise<string[]> {
  const rows = await engine.store.db
    .selectFrom('records')
    .select('connection')
    .distinct()
    .where('entity', '=', 'invoices')
    .where('content', 'like', `%"${sha256}"%`)
    .execute()
  return rows.map(({ connection }) => connection)
}
