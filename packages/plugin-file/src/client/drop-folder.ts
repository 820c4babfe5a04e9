import { open, readdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { remove, syncFolder, unlessMissing, writeDurably } from './durable.ts'

/**
 * A folder somebody takes files out of at any moment, and a hidden one beside it where they are prepared.
 *
 * The prepared copy is the token of an attempt: whoever moves it out has dropped the file, and it can be moved once. So a file that is
 * gone from the drop folder proves nothing, but a prepared copy that is gone proves that it was dropped. Asking ({@link DropFolder.recall})
 * takes the token away with the same atomic move, so that a process that was frozen before its own move can no longer make it.
 *
 * Names in the hidden folder:
 * - `<id>.data`: prepared
 * - `<id>.held`: taken back; empty
 * - `<key>.of`: this delivery was prepared once; holds the id of its file where that is not its own key. It outlives the drop, so that what
 *   was dropped can be told from what never was, by a store that was restored and has forgotten both
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
    await writeDurably(pathOf(this.#hidden, id, 'data'), bytes)
    await remove(pathOf(this.#hidden, id, 'held'))
    for (const key of keys) {
      const trace = pathOf(this.#hidden, key, 'of')
      if (key === id) await create(trace)
      else await writeDurably(trace, Buffer.from(id))
    }
  }

  /** Moves a prepared file to where it is taken. Call {@link sync} before calling it done. */
  async release(id: string, name: string): Promise<void> {
    await rename(pathOf(this.#hidden, id, 'data'), join(this.#target, name))
  }

  async sync(): Promise<void> {
    await syncFolder(this.#target)
    await syncFolder(this.#hidden)
  }

  /** What became of a delivery that may have begun: `dropped`, or not and held back for good until it is staged again. */
  async recall(key: string): Promise<'dropped' | 'held'> {
    for (const folder of [this.#hidden, ...this.#former]) {
      const id = await idOf(folder, key)
      if (id === undefined) continue
      const held = pathOf(folder, id, 'held')
      if (await exists(held)) return 'held'
      if (
        !(await unlessMissing(
          rename(pathOf(folder, id, 'data'), held).then(() => true),
          false,
        ))
      )
        return 'dropped'
      // The name says what happened; the bytes are somebody's address.
      await writeDurably(held, new Uint8Array())
      return 'held'
    }
    return 'held'
  }

  /** The same question without taking anything: for a plan. */
  async look(key: string): Promise<'dropped' | 'held'> {
    for (const folder of [this.#hidden, ...this.#former]) {
      const id = await idOf(folder, key)
      if (id === undefined) continue
      const there = (await exists(pathOf(folder, id, 'data'))) || (await exists(pathOf(folder, id, 'held')))
      return there ? 'held' : 'dropped'
    }
    return 'held'
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
      if (!name.endsWith('.data')) {
        if (age > olderThan.tracesMs) await remove(path)
      } else if (age > olderThan.copiesMs) {
        const held = `${path.slice(0, -'data'.length)}held`
        await rename(path, held)
        await writeDurably(held, new Uint8Array())
        emptied += 1
      }
    }
    return emptied
  }
}

type Kind = 'data' | 'held' | 'of'
const pathOf = (folder: string, id: string, kind: Kind): string => join(folder, `${id}.${kind}`)

/** The id of the file a delivery was prepared in; `undefined` where it never was. */
async function idOf(folder: string, key: string): Promise<string | undefined> {
  const told = await unlessMissing(readFile(pathOf(folder, key, 'of'), 'utf8'), undefined)
  return told === '' ? key : told
}

/** An empty file: all of it is its name, which a sync of the folder makes last. */
async function create(path: string): Promise<void> {
  await (await open(path, 'w')).close()
}

const exists = async (path: string): Promise<boolean> => (await unlessMissing(stat(path), undefined)) !== undefined
