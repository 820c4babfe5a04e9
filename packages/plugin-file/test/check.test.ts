import { chmod, mkdir, readdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import plugin from '../src/index.ts'
import { anOrder, codeOf, deliveryOf, put, world, type Settings } from './world.ts'

const signal = new AbortController().signal

describe('kontor check', () => {
  test('a folder that is not there yet is fine, and stays uncreated', async () => {
    const { shop, root } = await world()
    const { account, problems } = await shop.check(signal)
    expect(account).toBe(join(root, 'warehouse'))
    expect(problems).toEqual([
      { level: 'info', key: 'config.folder', message: expect.stringContaining('will be created') },
    ])
    expect(await readdir(root)).toEqual([])
  })

  test('two ways to one folder are one account', async () => {
    const { shop, root, folder } = await world()
    await mkdir(folder)
    await symlink(folder, join(root, 'other'))
    const other = await world({}, { root: join(root) })
    const through = await (await world({ read: {} }, { root })).shop.check(signal)
    expect((await shop.check(signal)).account).toBe(through.account)
    expect((await other.shop.check(signal)).problems).toEqual([])
    expect(await readdir(folder)).toEqual([])
  })

  test('a file in place of the folder is an error with the key to change', async () => {
    const { shop, folder } = await world()
    await writeFile(folder, '')
    expect((await shop.check(signal)).problems).toContainEqual(
      expect.objectContaining({
        level: 'error',
        key: 'config.folder',
        message: expect.stringContaining('names a file'),
      }),
    )
  })

  test.skipIf(process.getuid?.() === 0)('a folder that cannot be written is an error with what to do', async () => {
    const { shop, folder } = await world()
    await mkdir(folder)
    await chmod(folder, 0o500)
    expect((await shop.check(signal)).problems).toContainEqual(
      expect.objectContaining({ level: 'error', code: 'AUTH_PERMISSION_MISSING' }),
    )
  })

  test('a share that is not mounted is an error', async () => {
    const { shop } = await world({ mustExist: '.mounted' })
    expect((await shop.check(signal)).problems).toContainEqual(
      expect.objectContaining({ level: 'error', key: 'config.mustExist' }),
    )
  })

  test('files that failed are told until somebody has looked after them', async () => {
    const { shop, put: putHere, read } = await world()
    await putHere('stock/a.csv', 'nonsense')
    await read()
    const { problems } = await shop.check(signal)
    expect(problems).toMatchObject([
      {
        level: 'warning',
        key: 'config.read.stock.folder',
        message: expect.stringContaining('2 files in stock/failed'),
      },
    ])
  })

  test('it leaves nothing behind where the other side looks', async () => {
    const { shop, write, names, folder } = await world()
    await write([deliveryOf(anOrder())])
    await shop.check(signal)
    expect(await names('orders')).toHaveLength(1)
    expect((await readdir(join(folder, 'orders'))).filter((name) => name.startsWith('.'))).toEqual([])
  })
})

describe('kontor set-up', () => {
  test('creates the folders people put files into; in a plan it does not', async () => {
    const planned = await world({}, { mode: 'plan' })
    await planned.shop.ensure?.({ signal })
    expect(await readdir(planned.root)).toEqual([])
    const { shop, names } = await world()
    await shop.ensure?.({ signal })
    expect(await names('.')).toEqual(['decisions', 'invoices', 'prices', 'receipts', 'refunds', 'shipments', 'stock'])
  })

  test('empties prepared copies nobody came back for, and still knows that they never appeared', async () => {
    const dying = await world({}, { onBegin: () => Promise.reject(new Error('killed')) })
    const delivery = deliveryOf(anOrder())
    await dying.write([delivery])
    const hidden = join(dying.folder, '.kontor/orders')
    expect(await readdir(hidden)).toEqual([`${delivery.key}.data`, `${delivery.key}.of`])
    const sixWeeksAgo = new Date('2031-03-20T08:00:00Z')
    for (const name of await readdir(hidden)) await utimes(join(hidden, name), sixWeeksAgo, sixWeeksAgo)
    const next = await world({}, { root: dying.root })
    await next.shop.ensure?.({ signal })
    expect(await readdir(hidden)).toEqual([`${delivery.key}.held`, `${delivery.key}.of`])
    expect((await next.readBack([delivery])).outcomes).toMatchObject([{ is: 'absent' }])
  })
})

describe('configuration', () => {
  const problemsOf = (settings: Settings): string[] => {
    const result = plugin.config.safeParse({ folder: 'w', ...settings })
    return result.error?.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`) ?? []
  }

  test('nothing but the folder is needed', () => {
    expect(problemsOf({})).toEqual([])
  })

  test.each<[string, Settings, RegExp]>([
    [
      'a path that leads nowhere',
      { write: { orders: { columns: { Name: 'shipTo.nane' } } } },
      /^write\.orders\.columns\.Name: "shipTo\.nane" is no field of orders; here are .*fullName/,
    ],
    [
      'a line field that is none',
      { write: { orders: { columns: { Menge: 'line.qty' } } } },
      /"line\.qty" is no field of orders; here are .*quantity/,
    ],
    [
      'a worked-out name behind nothing',
      { write: { orders: { columns: { Name: 'shipto.name' } } } },
      /"shipto" is no field/,
    ],
    [
      'a field that is none',
      { read: { stock: { columns: { Bestand: 'amount' } } } },
      /^read\.stock\.columns\.Bestand: one of sku, available/,
    ],
    [
      'one folder for two things',
      { read: { stock: { folder: 'orders' } } },
      /^read\.stock\.folder: another folder than `write\.orders` has/,
    ],
    ['a path in a file name', { write: { orders: { fileName: '../{key}' } } }, /a file name without folders/],
    ['an unknown word in a file name', { write: { orders: { fileName: '{order}' } } }, /only these in braces: {key}/],
    ['a zone that is none', { timeZone: 'Mars/Olympus' }, /IANA/],
    ['waiting too long', { quietFor: '5m' }, /at most 30s/],
    ['no duration', { quietFor: '2' }, /a duration/],
  ])('%s is told with its key', (_, settings, expected) => {
    expect(problemsOf(settings).join('\n')).toMatch(expected)
  })

  test('all columns that are written by default lead somewhere', async () => {
    const { outgoingColumns } = await import('../src/tables/outgoing-columns.ts')
    for (const [entity, columns] of Object.entries(outgoingColumns))
      expect(problemsOf({ write: { [entity]: { columns } } })).toEqual([])
  })
})

test('a full or forbidden disk says what to do', async () => {
  const { write, folder } = await world()
  await put(join(folder, 'orders'), 'a file where the folder should be')
  const { thrown } = await write([deliveryOf(anOrder())])
  expect(codeOf(thrown)).toBe('CONFIG_INVALID')
  expect(String(thrown)).toMatch(/preparing the folder for orders: the file system answered E(NOTDIR|EXIST)/)
})
