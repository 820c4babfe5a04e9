import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../src/config/index.ts'
import { loadPlugin } from '../config/load.ts'
import { withGenerated } from './generated.ts'

const docs = resolve(import.meta.dirname, '../../../../docs')
const read = (page: string): string => readFileSync(resolve(docs, page), 'utf8')

test.each(['cli.md', 'config.md'])('%s says what the code does; UPDATE_DOCS=1 writes it anew', (page) => {
  const fresh = withGenerated(read(page))
  if (process.env['UPDATE_DOCS']) writeFileSync(resolve(docs, page), fresh)
  expect(read(page)).toBe(fresh)
})

test('every complete config in config.md is one', async () => {
  const samples = [...read('config.md').matchAll(/```yaml\n([\s\S]*?)```/g)]
    .map((match) => match[1] ?? '')
    .filter((sample) => /^connections:/m.test(sample))
  expect(samples.length).toBeGreaterThan(0)
  for (const sample of samples) {
    const config = await readConfig(sample, '/etc/kontor/kontor.yaml', { loadPlugin })
    expect(config.connections.size).toBeGreaterThan(0)
  }
})

test('the pages are where other pages find them', () => {
  for (const page of ['cli.md', 'config.md']) expect(existsSync(resolve(docs, page))).toBe(true)
})
