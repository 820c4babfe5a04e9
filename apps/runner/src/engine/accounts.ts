import { KontorError, type CheckResult, type Problem } from '@kontor/core'
import type { Store } from '../store/store.ts'
import { readerSpecs, type Office } from './office.ts'

export interface Checked {
  office: Office
  result: CheckResult | undefined
  error: KontorError | undefined
}

/**
 * Remembers whose data each connection sees. Another account than before stops the connection: a token of another shop, pasted at renewal,
 * would mix two shops. Two connections that read one entity of one account are refused: every order would ship twice.
 */
export async function rememberAccounts(
  store: Store,
  checked: readonly Checked[],
  all: readonly Office[] = checked.map(({ office }) => office),
): Promise<Map<string, KontorError>> {
  const stopped = new Map<string, KontorError>()
  await store.write(async (tx) => {
    const now = store.clock.now()
    for (const { office, result } of checked) {
      const row = await tx.selectFrom('connections').selectAll().where('name', '=', office.name).executeTakeFirst()
      const account = result?.account
      if (row?.account && account !== undefined && row.account !== account)
        stopped.set(
          office.name,
          new KontorError('ACCOUNT_CHANGED', {
            message: `Connection ${office.name} was of account ${row.account}, and its credentials now belong to ${account}. Put the right credentials back; for the other account make a connection of its own.`,
            key: `connections.${office.name}.credentials`,
          }),
        )
      else if (account !== undefined) office.account = `${office.plugin.id}:${account}`
      else if (row?.account) office.account = `${office.plugin.id}:${row.account}`
      const values = { plugin: office.plugin.id, account: row?.account ?? account ?? null, checked_at: now }
      await tx
        .insertInto('connections')
        .values({ name: office.name, ...values, fingerprint: null, first_seen: now, paused_by: null })
        .onConflict((clash) => clash.column('name').doUpdateSet(values))
        .execute()
    }
  })
  for (const [name, error] of sharedAccounts(all)) stopped.set(name, error)
  return stopped
}

function sharedAccounts(offices: readonly Office[]): Map<string, KontorError> {
  const errors = new Map<string, KontorError>()
  const first = new Map<string, Office>()
  for (const office of offices) {
    if (office.account === office.name) continue
    for (const entity of new Set(readerSpecs(office).flatMap(([, spec]) => spec.yields))) {
      const other = first.get(`${office.account}|${entity}`)
      if (other)
        errors.set(
          office.name,
          new KontorError('ACCOUNT_SHARED', {
            message: `Connections ${other.name} and ${office.name} both read ${entity} of one account (${office.account}): each record would be handled twice. Keep one of them.`,
            key: `connections.${office.name}`,
          }),
        )
      else first.set(`${office.account}|${entity}`, office)
    }
  }
  return errors
}

/** The problems a check found that stop a connection. */
export const fatal = (problems: readonly Problem[]): Problem | undefined =>
  problems.find((problem) => problem.level === 'error')

/** Notes why a connection stands still, for `status`; or that it works again. */
export async function notePause(store: Store, connection: string, error: KontorError | undefined): Promise<void> {
  await store.write((tx) =>
    tx
      .updateTable('connections')
      .set({ paused_by: error ? JSON.stringify(error) : null })
      .where('name', '=', connection)
      .execute(),
  )
}
