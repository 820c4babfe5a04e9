import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { caseTemplates, casesFor, type ConformanceCase } from '../../src/index.ts'
import { conformanceOf } from '../conformance-of.ts'
import { musterladenSuite } from '../musterladen/suite.ts'
import { brokenClients } from './broken-clients.ts'
import { brokenManners, cleanUp } from './broken-manners.ts'
import { brokenReaders } from './broken-readers.ts'
import { brokenWriters } from './broken-writers.ts'
import { advancesEarly } from './processes/advances-early.ts'
import { doneTooSoon } from './processes/done-too-soon.ts'
import type { Broken } from './variant.ts'

const family: readonly Broken[] = [
  ...brokenReaders,
  ...brokenWriters,
  ...brokenClients,
  ...brokenManners,
  advancesEarly,
  doneTooSoon,
]

/** Cases of the same chapter about the same thing: the others have nothing to say about this fault, and take long. */
function near(variant: Broken): (one: ConformanceCase) => boolean {
  const expected = casesFor(variant.plugin).find(({ id }) => id === variant.caughtBy)
  return ({ chapter, subject }) => chapter === expected?.chapter && subject.label === expected.subject.label
}

const suiteOf = ({ module }: Broken): typeof musterladenSuite =>
  module === undefined ? musterladenSuite : { ...musterladenSuite, module }

describe('a family of broken plugins', () => {
  // One of them collects listeners on the process; Node warns of eleven.
  const most = process.getMaxListeners()
  beforeAll(() => void process.setMaxListeners(200))
  afterAll(() => void process.setMaxListeners(most))
  afterEach(cleanUp)
  let caught = 0

  it('has one for every promise there is', () => {
    const named = new Set(family.map(({ caughtBy }) => caughtBy.split(':')[0]))
    const promises = caseTemplates.map(({ chapter, id }) => `${chapter}/${id}`)
    expect(promises.filter((promise) => !named.has(promise))).toEqual([])
    expect([...named].filter((name) => !promises.includes(name ?? ''))).toEqual([])
  })

  it.each(family)('catches the one that $name ($caughtBy)', { timeout: 90_000 }, async (variant) => {
    const results = await conformanceOf(variant.plugin, suiteOf(variant), near(variant))
    const failed = results.filter(({ verdict }) => verdict === 'broken').map(({ id }) => id)
    expect(failed).toContain(variant.caughtBy)
    caught += 1
  })

  it('catches all of them', () => {
    console.log(`seeded faults caught: ${caught} of ${family.length}`)
    expect(caught).toBe(family.length)
    expect(new Set(family.map(({ name }) => name)).size).toBe(family.length)
  })
})
