import { existsSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Why tests against official specifications are skipped where there are none. */
export const NO_SPECS =
  'the official specifications are not here: they lie in ../shared/specs beside the checkout, or where KONTOR_SPECS says'

/**
 * The folder with the vendors' official specifications: `KONTOR_SPECS`, else `shared/specs` beside this folder or beside one above it.
 * They may not be copied into the repository, so tests skip (with `NO_SPECS`) where this is undefined.
 */
export function specsFolder(from = process.cwd()): string | undefined {
  const told = process.env['KONTOR_SPECS']
  if (told !== undefined && told !== '') return isFolder(told) ? told : undefined
  for (let folder = from; ; folder = dirname(folder)) {
    const beside = join(folder, 'shared', 'specs')
    if (isFolder(beside)) return beside
    if (folder === dirname(folder)) return undefined
  }
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory()
}
