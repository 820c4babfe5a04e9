import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { filesBelow, workspaces } from './checks/files.mjs'

/**
 * Runs every `bench/*.bench.ts` of every workspace, one after another, each in its own process.
 * Arguments choose: `pnpm bench store` runs those whose path contains "store".
 */
const root = resolve(import.meta.dirname, '..')
const wanted = process.argv.slice(2)
const benches = workspaces(root)
  .flatMap((workspace) => filesBelow(root, `${workspace}/bench`, (path) => path.endsWith('.bench.ts')))
  .filter((path) => wanted.every((word) => path.includes(word)))

if (benches.length === 0) {
  console.error(`no bench found${wanted.length > 0 ? ` whose path contains ${wanted.join(' and ')}` : ''}`)
  process.exitCode = 1
}
for (const path of benches) {
  console.log(`\n${path}`)
  const { status } = spawnSync(process.execPath, ['--conditions=@kontor/source', path], { cwd: root, stdio: 'inherit' })
  if (status !== 0) {
    console.error(`${path} ended with ${status}`)
    process.exitCode = 1
  }
}
