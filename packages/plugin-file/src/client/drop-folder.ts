import { readdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { remove, syncFolder, unlessMissing, writeDurably } from './durable.ts'

/**
 * A folder somebody takes files out of at any moment, and a hidden one beside it where they are prepared.
 *
 * The prepared copy is the token of an attempt: whoever moves it out has dropped the file, and it can be moved once. So a file that is
 * gone from the drop folder proves nothing, but a prepared copy that is gone proves that it was dropped. Asking ({@link DropFolder.recall})
 * takes the token away with the same atomic move, so that a process that was frozen before its own move can no longer make it.
 *
 * Names in the hidden folder: `<id>.data` (prepared), `<id>.held` (taken back, empty), `<key>.of` (the id of the file a delivery is in,
 * where that is not its own key).
 */
export class DropFolder {
  readonly #target: string
  readonly #hidden: string
  readonly #former: readonly string[]

  /** @param hidden where files are prepared, and then where they may have been prepared before */
  constructor(target: string, hidden: readonly string[]) {
    this.#target = target
    this.#hidden = hidden[0] ?? target
    this.#former = hidden.slice(1)
  }

  /** Prepares a file for some deliveries. Call {@link sync} before noting that they have begun. */
  async stage(id: string, keys: readonly string[], bytes: Uint8Array): Promise<void> {
    await writeDurably(this.#path(id, 'data'), bytes)
    await remove(this.#path(id, 'held'))
    for (const key of keys) {
      if (key === id) await remove(this.#path(key, 'of'))
      else await writeDurably(this.#path(key, 'of'), Buffer.from(id))
    }
  }

  /** Moves a prepared file to where it is taken. Call {@link sync} before calling it done. */
  async release(id: string, name: string): Promise<void> {
    await rename(this.#path(id, 'data'), join(this.#target, name))
  }

  async sync(): Promise<void> {
    await syncFolder(this.#target)
    await syncFolder(this.#hidden)
  }

  /** What became of a delivery that had begun: `dropped`, or `held` back for good until it is staged again. */
  async recall(key: string): Promise<'dropped' | 'held'> {
    for (const folder of [this.#hidden, ...this.#former]) {
      const id = await idOf(folder, key)
      const held = pathOf(folder, id, 'held')
      if (await exists(held)) return 'held'
      if (
        !(await unlessMissing(
          rename(pathOf(folder, id, 'data'), held).then(() => true),
          false,
        ))
      )
        continue
      // The name says what happened; the bytes are somebody's address.
      await writeDurably(held, new Uint8Array())
      return 'held'
    }
    return 'dropped'
  }

  /** The same question without taking anything: for a plan. */
  async look(key: string): Promise<'dropped' | 'held'> {
    for (const folder of [this.#hidden, ...this.#former]) {
      const id = await idOf(folder, key)
      if ((await exists(pathOf(folder, id, 'data'))) || (await exists(pathOf(folder, id, 'held')))) return 'held'
    }
    return 'dropped'
  }

  /** Forgets the traces of deliveries whose outcome is stored. */
  async forget(keys: readonly string[]): Promise<void> {
    for (const key of keys) await remove(this.#path(key, 'of'))
  }

  /**
   * Empties prepared copies nobody came back for (they hold buyers' addresses), and forgets traces that are old enough for nobody to ask.
   * @returns how many copies were emptied
   */
  async sweep(now: number, olderThan: { readonly copiesMs: number; readonly tracesMs: number }): Promise<number> {
    let emptied = 0
    for (const name of await unlessMissing(readdir(this.#hidden), [])) {
      const path = join(this.#hidden, name)
      const found = await unlessMissing(stat(path), undefined)
      if (found === undefined) continue
      const age = now - found.mtimeMs
      if (name.endsWith('.data') && age > olderThan.copiesMs) {
        if ((await this.recall(name.slice(0, -'.data'.length))) === 'held') emptied += 1
      } else if (!name.endsWith('.data') && age > olderThan.tracesMs) await remove(path)
    }
    return emptied
  }

  #path(id: string, kind: Kind): string {
    return pathOf(this.#hidden, id, kind)
  }
}

type Kind = 'data' | 'held' | 'of'
const pathOf = (folder: string, id: string, kind: Kind): string => join(folder, `${id}.${kind}`)
const idOf = async (folder: string, key: string): Promise<string> =>
  await unlessMissing(readFile(pathOf(folder, key, 'of'), 'utf8'), key)
const exists = async (path: string): Promise<boolean> => (await unlessMissing(stat(path), undefined)) !== undefined
