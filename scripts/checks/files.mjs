import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const notOurs = new Set(['node_modules', 'dist', '.git', '.turbo', 'coverage'])

/** The paths of all files below `folder`, relative to `root`, without installed and built ones; [] when it is absent. */
export function filesBelow(root, folder, accept = () => true) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => !notOurs.has(entry.name))
    .flatMap((entry) => {
      const path = folder === '.' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory()) return filesBelow(root, path, accept)
      return accept(path) ? [path] : []
    })
    .toSorted(byText)
}

const byText = (a, b) => (a < b ? -1 : 1)

/** What the repository consists of: tracked files and new ones not ignored; every file when it is no git checkout. */
export function repositoryFiles(root) {
  if (!existsSync(join(root, '.git'))) return filesBelow(root, '.')
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  return listed
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(root, path)))
    .toSorted(byText)
}

/** The text of a file, or undefined when it is binary. */
export function textOf(root, path) {
  const text = readFileSync(join(root, path), 'utf8')
  return text.includes('\0') ? undefined : text
}

/** The workspaces, `packages/core` and so on: folders with a package.json. */
export const workspaces = (root) =>
  ['packages', 'apps'].flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .map((name) => `${folder}/${name}`)
          .filter((path) => existsSync(join(root, path, 'package.json')))
      : [],
  )

export const isTest = (path) => path.endsWith('.test.ts') || /^(packages|apps)\/[^/]+\/(test|bench)\//.test(path)

/** Problems for every line of `text` on which one of the patterns stands; patterns are `{ pattern, says }`. */
export function linesThatSay(path, text, patterns) {
  return text.split('\n').flatMap((line, index) =>
    patterns.flatMap(({ pattern, says }) => {
      const found = pattern.exec(line)
      return found ? [`${path}:${index + 1} ${says(found[0])}`] : []
    }),
  )
}
