import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'

/** Lines of JSON that are on the disk before `append` returns. A torn last line was never written. */
export function openDurableFile<T>(path: string): { readonly entries: T[]; append(entry: T): void; close(): void } {
  const entries = readDurableFile<T>(path)
  const handle = openSync(path, 'a')
  return {
    entries,
    append(entry) {
      writeSync(handle, `${JSON.stringify(entry)}\n`)
      fsyncSync(handle)
      entries.push(entry)
    },
    close: () => closeSync(handle),
  }
}

export function readDurableFile<T>(path: string): T[] {
  if (!existsSync(path)) return []
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1)
  // Written by `append` of this same module, in another process of the same test.
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as T)
}
