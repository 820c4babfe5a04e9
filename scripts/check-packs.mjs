import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { workspaces } from './checks/files.mjs'

/**
 * Packs every public package as it would be published and looks at the tarballs: publint for the manifest, attw for
 * the types, and our own list of what has to be inside and what must not.
 */
const root = resolve(import.meta.dirname, '..')
const packs = join(root, 'node_modules/.packs')
rmSync(packs, { recursive: true, force: true })
mkdirSync(packs, { recursive: true })

const required = ['package/LICENSE', 'package/README.md', 'package/package.json']
const unwanted = [/\.test\./, /\.tsbuildinfo$/, /(^|\/)(test|bench|node_modules)\//, /(^|\/)\.env/]

for (const workspace of workspaces(root)) {
  const manifest = JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8'))
  if (manifest.private) continue
  execFileSync('pnpm', ['pack', '--pack-destination', packs], { cwd: join(root, workspace), stdio: 'pipe' })
  const tarball = join(packs, `${manifest.name.slice(1).replace('/', '-')}-${manifest.version}.tgz`)
  report(manifest.name, [
    ...contentProblems(tarball),
    ...toolProblems('publint', ['run', tarball, '--strict']),
    // A package of commands alone has no types to resolve.
    ...(manifest.exports ? toolProblems('attw', [tarball, '--profile', 'esm-only', '--format', 'ascii']) : []),
  ])
}
if (readdirSync(packs).length === 0) report('packages', ['found nothing to pack'])

function contentProblems(tarball) {
  const names = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).trim().split('\n')
  const manifest = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' })
  return [
    ...required.filter((name) => !names.includes(name)).map((name) => `${name} is missing`),
    ...names
      .filter((name) => unwanted.some((pattern) => pattern.test(name)))
      .map((name) => `${name} should not be in it`),
    ...(names.some((name) => name.startsWith('package/dist/')) ? [] : ['dist is missing: build first']),
    ...(/"(workspace|catalog|link|file):/.test(manifest)
      ? ['package.json names a version only this repository knows']
      : []),
  ]
}

function toolProblems(tool, options) {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin', tool), options, { encoding: 'utf8' })
  return status === 0 ? [] : [`${tool} ended with ${status}`, ...`${stdout}${stderr}`.trim().split('\n')]
}

function report(name, problems) {
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'} ${name}`)
  for (const problem of problems) console.log(`       ${problem}`)
  if (problems.length > 0) process.exitCode = 1
}
