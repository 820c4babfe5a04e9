import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { world } from './world.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: unknown = runInNewContext('gc')
const heapMegabytes = (): number => {
  if (typeof collectGarbage === 'function') collectGarbage()
  return process.memoryUsage().heapUsed / 1e6
}

test('a stock file of 100,000 rows is read page by page, and memory stays flat', { timeout: 60_000 }, async () => {
  const { folder, pages, names } = await world()
  await mkdir(join(folder, 'stock'), { recursive: true })
  const file = createWriteStream(join(folder, 'stock/all.csv'))
  file.write('sku;available;location;name\r\n')
  for (let row = 0; row < 100_000; row++)
    if (!file.write(`SKU-${row};${row % 50};North;"A product with a name, number ${row}, that nobody reads"\r\n`))
      await once(file, 'drain')
  await new Promise((resolve) => void file.end(resolve))
  const before = heapMegabytes()
  let [records, most, largest] = [0, 0, 0]
  for await (const page of pages()) {
    records += page.records.length
    largest = Math.max(largest, page.records.length)
    if (records % 25_000 === 0) most = Math.max(most, heapMegabytes() - before)
  }
  expect(records).toBe(100_000)
  expect(largest).toBe(500)
  // Beside a page, one short key a row is kept: it tells which rows belong together.
  expect(most).toBeLessThan(40)
  expect(await names('stock')).toEqual(['done'])
})
