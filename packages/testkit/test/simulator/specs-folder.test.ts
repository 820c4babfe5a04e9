import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, it, vi } from 'vitest'
import { specsFolder } from '../../src/simulator/index.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'kontor-specs-')))
const inside = join(root, 'checkout', 'packages', 'plugin')
const specs = join(root, 'shared', 'specs')
mkdirSync(inside, { recursive: true })
afterEach(() => vi.unstubAllEnvs())
afterAll(() => rmSync(root, { recursive: true }))

it('is undefined where there is none, and found beside the checkout from anywhere inside', () => {
  vi.stubEnv('KONTOR_SPECS', '')
  expect(specsFolder(inside)).toBeUndefined()
  mkdirSync(specs, { recursive: true })
  expect([specsFolder(inside), specsFolder(join(root, 'checkout'))]).toEqual([specs, specs])
})

it('is where KONTOR_SPECS says, or nowhere', () => {
  vi.stubEnv('KONTOR_SPECS', inside)
  expect(specsFolder('/')).toBe(inside)
  vi.stubEnv('KONTOR_SPECS', join(root, 'nowhere'))
  expect(specsFolder(inside)).toBeUndefined()
})
