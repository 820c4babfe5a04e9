import { constants } from 'node:fs'
import { lstat, mkdir, open, readdir, rename } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { remove, syncFolder, unlessMissing, writeAtomically } from './durable.ts'

/** A file as it was when it was looked at. */
export interface FoundFile {
  readonly name: string
  readonly path: string
  readonly size: number
  readonly mtimeMs: number
  readonly inode: number
  /** The file that says this one is complete, where one is asked for. */
  readonly marker?: string
}

/** Names that programs give to files they are still writing. */
const unfinished = /(^[.~])|\.(tmp|part|filepart|partial|crdownload|lock|swp)$|~$/i
/** `stock-9` before `stock-10`: names are read as people number them. */
const byName = new Intl.Collator('en', { numeric: true })

/** A folder somebody puts files into, with `done` and `failed` below it. */
export class InboxFolder {
  readonly #path: string
  readonly #marker: string | undefined

  constructor(path: string, marker?: string) {
    this.#path = path
    this.#marker = marker
  }

  /** The complete files, in the order of their names; no links, no folders, nothing hidden or half written. */
  async list(): Promise<FoundFile[]> {
    const names = new Set(await unlessMissing(readdir(this.#path), []))
    const found: FoundFile[] = []
    for (const name of [...names].toSorted(byName.compare)) {
      if (unfinished.test(name) || (this.#marker !== undefined && name.endsWith(this.#marker))) continue
      const marker = this.#markerOf(name, names)
      if (this.#marker !== undefined && marker === undefined) continue
      const file = await this.look(name)
      if (file !== undefined) found.push({ ...file, ...(marker === undefined ? {} : { marker }) })
    }
    return found
  }

  async look(name: string): Promise<FoundFile | undefined> {
    const path = join(this.#path, name)
    const found = await unlessMissing(lstat(path), undefined)
    if (found?.isFile() !== true) return undefined
    return { name, path, size: found.size, mtimeMs: found.mtimeMs, inode: found.ino }
  }

  /** True while the file is still the one that was found. */
  async unchanged(file: FoundFile): Promise<boolean> {
    const now = await this.look(file.name)
    return now !== undefined && sameFile(file, now)
  }

  /** The bytes of a file. A link is refused: who may write here may not read elsewhere. */
  async *read(file: FoundFile): AsyncGenerator<Uint8Array> {
    await using handle = await open(file.path, constants.O_RDONLY | constants.O_NOFOLLOW)
    for (;;) {
      const { bytesRead, buffer } = await handle.read(new Uint8Array(65_536))
      if (bytesRead === 0) return
      yield buffer.subarray(0, bytesRead)
    }
  }

  /** Moves a file that was read out of the way. One of the same name gets a number. */
  async move(file: FoundFile, to: 'done' | 'failed'): Promise<string> {
    const folder = join(this.#path, to)
    await mkdir(folder, { recursive: true })
    const name = await this.#freeName(folder, file.name)
    await rename(file.path, join(folder, name))
    if (file.marker !== undefined) await remove(join(this.#path, file.marker))
    await syncFolder(folder)
    await syncFolder(this.#path)
    return name
  }

  /** Writes what was wrong with a file into `failed`. */
  async report(file: FoundFile, bytes: Uint8Array): Promise<void> {
    const folder = join(this.#path, 'failed')
    await mkdir(folder, { recursive: true })
    await writeAtomically(join(folder, `${file.name}.errors.csv`), bytes)
  }

  /** How many files have failed and were not looked after. */
  async failed(): Promise<number> {
    const names = await unlessMissing(readdir(join(this.#path, 'failed')), [])
    return names.filter((name) => !unfinished.test(name)).length
  }

  #markerOf(name: string, names: ReadonlySet<string>): string | undefined {
    if (this.#marker === undefined) return undefined
    const stem = name.slice(0, name.length - extname(name).length)
    return [`${name}${this.#marker}`, `${stem}${this.#marker}`].find((marker) => marker !== name && names.has(marker))
  }

  async #freeName(folder: string, name: string): Promise<string> {
    const taken = new Set(await readdir(folder))
    const extension = extname(name)
    const stem = name.slice(0, name.length - extension.length)
    let free = name
    for (let number = 2; taken.has(free); number++) free = `${stem}-${number}${extension}`
    return free
  }
}

const sameFile = (a: FoundFile, b: FoundFile): boolean =>
  a.size === b.size && a.mtimeMs === b.mtimeMs && a.inode === b.inode

/**
 * Tells files that somebody is still writing from those that are complete: two looks, `quietMs` apart, must find the same file, and it
 * must not have been touched within that time. The clock of a file server may be wrong, so its times alone are not believed.
 */
export class Looks {
  readonly #seen = new Map<string, { file: FoundFile; at: number }>()
  readonly #quietMs: number

  constructor(quietMs: number) {
    this.#quietMs = quietMs
  }

  /** Splits what was found now into files that may be read and files that need another look. */
  see(files: readonly FoundFile[], now: number): { quiet: FoundFile[]; fresh: FoundFile[] } {
    const split = Object.groupBy(files, (file) => (this.#isQuiet(file, now) ? 'quiet' : 'fresh'))
    return { quiet: split.quiet ?? [], fresh: split.fresh ?? [] }
  }

  /** Forgets files that are gone. */
  keep(paths: ReadonlySet<string>): void {
    for (const path of this.#seen.keys()) if (!paths.has(path)) this.#seen.delete(path)
  }

  #isQuiet(file: FoundFile, now: number): boolean {
    if (this.#quietMs === 0 || file.marker !== undefined) return true
    const before = this.#seen.get(file.path)
    if (before === undefined || !sameFile(before.file, file)) {
      this.#seen.set(file.path, { file, at: now })
      return false
    }
    return now - before.at >= this.#quietMs && Math.abs(now - file.mtimeMs) >= this.#quietMs
  }
}
