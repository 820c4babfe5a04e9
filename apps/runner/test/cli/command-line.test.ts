import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { config, order, pluginPath, Place, till } from './kontor.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 })

let place: Place
beforeEach(() => {
  place = new Place()
})
afterEach(() => place[Symbol.dispose]())

describe('a command line that cannot be read ends with 2 and says what was meant', () => {
  test.each([
    [['statsu'], 'kontor: Unknown command "statsu". Did you mean "status"?\n'],
    [['status', '--jsn'], 'kontor: Unknown option "--jsn". Did you mean "--json"?\n'],
    [['deliveries', 'lst'], 'kontor: Unknown command "lst". Did you mean "list"?\n'],
    [
      ['explain', 'AUTH_EXPIRD'],
      'kontor: There is no error code "AUTH_EXPIRD". Did you mean "AUTH_EXPIRED"? "kontor explain" lists all of them.\n',
    ],
    [
      ['backfill', '--from', 'yesterday'],
      'kontor: Option "--from <time>" argument "yesterday" is invalid. Write a day (2026-05-03), an instant (2026-05-03T09:36:00Z) or how long ago (30d).\n',
    ],
    [['backfill'], 'kontor: Required option "--from <time>" not specified.\n'],
    [['trace'], 'kontor: Missing required argument "order".\n'],
    [
      ['status', '--log-level', 'loud'],
      'kontor: Option "--log-level <level>" argument "loud" is invalid. Allowed choices are debug, info, warn, error.\n',
    ],
  ])('%j', async (given, said) => {
    const { code, stdout, stderr } = await place.kontor(...given)
    expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: said })
  })

  test('without a command it lists what there is', async () => {
    const { code, stdout, stderr } = await place.kontor()
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('check [connection]')
    const group = await place.kontor('deliveries')
    expect(group.code).toBe(2)
    expect(group.stderr).toContain('skip [options] <record>')
  })

  test('with --json it is told as a document', async () => {
    const { code, stdout, stderr } = await place.kontor('statsu', '--json')
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'CONFIG_INVALID',
        message: 'Unknown command "statsu". Did you mean "status"?',
        remedy: 'Correct the command line; "kontor help" lists what there is.',
      },
    })
  })
})

test('help and version are asked for, and end with 0', async () => {
  const { code, stdout } = await place.kontor('--version')
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
  const help = await place.kontor('help', 'run')
  expect(help.code).toBe(0)
  expect(help.stdout).toContain('--once')
})

describe('errors of the config', () => {
  test('are told all at once, with their places and what to do', async () => {
    place.write('kontor.yaml', `${config(', trubble: none')}  - { entity: orders, from: til, to: shelf }\n`)
    const { code, stdout, stderr } = await place.kontor('check')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toBe(`kontor: CONFIG_INVALID (2)  The configuration cannot be read as it stands.
  kontor.yaml:4:31  connections.till.config.trubble
    unknown key "trubble". Did you mean "trouble"?
  kontor.yaml:12:29  flows.2.from
    There is no connection "til"; there are: till and shelf. Did you mean "till"?
What to do: Change the named line.
`)
  })

  test('name the file that is missing', async () => {
    const { code, stderr } = await place.kontor('status', '--config', 'other.yaml')
    expect(code).toBe(2)
    expect(stderr).toContain('other.yaml\n    There is no such file. "kontor init" writes one; --config names another.')
  })

  test('as a document have file, line, column and key', async () => {
    place.write('kontor.yaml', config(', trouble: nothing'))
    const { code, stdout, stderr } = await place.kontor('check', '--json')
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      error: {
        code: 'CONFIG_INVALID',
        problems: [
          {
            line: 4,
            column: 40,
            key: 'connections.till.config.trouble',
            message: 'found "nothing", expected none, away, mistake or refuses.',
          },
        ],
      },
    })
  })
})

describe('check', () => {
  test('connects each account and says whose it is', async () => {
    place.write('kontor.yaml', config())
    const { code, stdout } = await place.kontor('check', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      connections: [
        { connection: 'till', account: './till', ok: true, facts: { file: 'orders.json' } },
        { connection: 'shelf', account: './shelf', ok: true },
      ],
      warnings: [],
    })
  })

  test('tells what a connection finds wrong, with the line of its key, and ends with 2', async () => {
    place.write('kontor.yaml', config(', trouble: refuses'))
    const { code, stdout } = await place.kontor('check', 'till')
    expect(code).toBe(2)
    expect(stdout).toContain('error  till  connections.till.config.trouble (line 4)\n  The till is locked. Open it.')
    expect(stdout).not.toMatch(/^shelf /m)
  })

  test('tells of a secret that is missing, and still checks the others', async () => {
    place.write('kontor.yaml', config())
    place.environment = {}
    const { code, stdout } = await place.kontor('check')
    expect(code).toBe(2)
    expect(stdout).toContain(
      'error  till  SECRET_MISSING  connections.till.credentials.token (line 5)\n  The variable TILL_TOKEN is not set.',
    )
    expect(stdout).toMatch(/^shelf .* ok/m)
  })

  test('makes no store', async () => {
    place.write('kontor.yaml', config())
    await place.kontor('check')
    expect(existsSync(join(place.folder, 'kontor.db'))).toBe(false)
  })

  test('knows no other connections', async () => {
    place.write('kontor.yaml', config())
    const { code, stderr } = await place.kontor('check', 'tills')
    expect([code, stderr]).toEqual([
      2,
      'kontor: There is no connection "tills"; there are: till and shelf. Did you mean "till"?\n',
    ])
  })
})

test('a secret appears nowhere, not even where a plugin puts it into a message', async () => {
  place.write('kontor.yaml', config(', trouble: away'))
  place.write('till/orders.json', [order('1')])
  for (const given of [
    ['run', '--once'],
    ['run', '--once', '--json'],
    ['run', '--once', '--log-level', 'debug'],
    ['status'],
    ['status', '--json'],
  ]) {
    const { stdout, stderr } = await place.kontor(...given)
    expect(stdout + stderr).toContain('***')
    expect(stdout + stderr).not.toContain('till-token-1')
  }
})

test('into a pipe goes plain text: no colours, and nothing is cut', async () => {
  const { stdout } = await place.kontor('explain')
  // oxlint-disable-next-line no-control-regex -- the beginning of a colour
  expect(stdout).not.toMatch(/\u001b/)
  expect(stdout).toContain('The credentials belong to another account than before.')
  expect(stdout.split('\n')[0]).toMatch(/^CODE +ACTS +STOPS +MEANING$/)
})

describe('init', () => {
  test('writes a config for the chosen plugins that is read without a complaint', async () => {
    const made = await place.kontor('init', pluginPath('till'), pluginPath('shelf'))
    expect(made.code).toBe(0)
    expect(made.stdout).toContain('Set TILL_TOKEN in the environment')
    const text = readFileSync(join(place.folder, 'kontor.yaml'), 'utf8')
    expect(text).toContain(
      '      # What goes wrong. One of none, away, mistake, refuses\n      # trouble: "none"\n    credentials:\n      token: "${env:TILL_TOKEN}"\n',
    )
    expect(text).toContain(
      'flows:\n  - { entity: orders, from: till, to: shelf }\n  - { entity: shipments, from: shelf, to: origin }\n',
    )
    expect((await place.kontor('check')).code).toBe(0)
    expect(JSON.parse(readFileSync(join(place.folder, 'kontor.schema.json'), 'utf8'))).toMatchObject({
      title: 'Kontor configuration',
    })
  })

  test('suggests flows that make sense: to who does not tell such things, back to the owner, and no state in a ring', async () => {
    const made = await place.kontor('init', pluginPath('shop'), pluginPath('till'), pluginPath('depot'))
    expect(made.code).toBe(0)
    const text = readFileSync(join(place.folder, 'kontor.yaml'), 'utf8')
    expect(text.slice(text.indexOf('flows:'))).toBe(`flows:
  - { entity: orders, from: [shop, till], to: depot }
  - { entity: decisions, from: depot, to: origin }
  - { entity: shipments, from: depot, to: origin }
  - { entity: returns, from: shop, to: depot }
  - { entity: prices, from: depot, to: shop }
`)
    place.environment = { TILL_TOKEN: 'till-token-1', SHOP_LOGIN: 'muster', SHOP_TOKEN: 'shop-token-1' }
    expect((await place.kontor('check')).code).toBe(0)
  })

  test('overwrites nothing', async () => {
    place.write('kontor.yaml', 'mine')
    const { code, stderr } = await place.kontor('init')
    expect(code).toBe(2)
    expect(stderr).toContain('is there already and stays as it is')
    expect(readFileSync(join(place.folder, 'kontor.yaml'), 'utf8')).toBe('mine')
  })
})

test('schema prints the schema of what is installed, or writes it beside the config', async () => {
  const { code, stdout } = await place.kontor('schema')
  expect(code).toBe(0)
  const schema: unknown = JSON.parse(stdout)
  expect(JSON.stringify(schema)).toContain('@kontor/plugin-file')
  await place.kontor('schema', '--write')
  expect(JSON.parse(readFileSync(join(place.folder, 'kontor.schema.json'), 'utf8'))).toEqual(schema)
})

test('plugins lists what is installed, with what each reads and takes', async () => {
  const { code, stdout } = await place.kontor('plugins', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toContainEqual(
    expect.objectContaining({
      name: '@kontor/plugin-file',
      id: 'file',
      version: expect.stringMatching(/^\d/),
      parts: expect.arrayContaining([expect.objectContaining({ kind: 'writer', again: expect.any(String) })]),
    }),
  )
})

test('explain says what a code means and who has to act', async () => {
  const { code, stdout } = await place.kontor('explain', 'in-doubt', '--json')
  expect([code, JSON.parse(stdout)]).toEqual([
    0,
    expect.objectContaining({ code: 'IN_DOUBT', failureType: 'system', exitCode: 1 }),
  ])
})

describe('simulate', () => {
  test('serves a plugin’s system until Ctrl-C', async () => {
    const running = place.start('simulate', pluginPath('till'), '--orders', '7')
    await running.says('Ctrl-C ends it.')
    running.child.kill('SIGINT')
    const { code, stdout } = await running.ended
    expect(code).toBe(130)
    expect(stdout).toContain('--set orders=7')
  })

  test('answers over HTTP at the address it names, and ends with 0 when it is told to', async () => {
    const running = place.start('simulate', pluginPath('till'), '--json', '--set', 'orders=5')
    const url = (await running.says(/"url": "([^"]+)"/))[1] ?? ''
    expect(await (await fetch(`${url}/orders`)).json()).toEqual({ count: 5 })
    running.child.kill('SIGTERM')
    expect((await running.ended).code).toBe(0)
  })

  test('says which switch is unknown, and which plugin was meant', async () => {
    const wrong = await place.kontor('simulate', pluginPath('till'), '--set', 'oders=5')
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('oders')])
    const unknown = await place.kontor('simulate', 'flie')
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('Did you mean "file"?')])
  })

  test('says of a plugin that works on folders where to look instead', async () => {
    const { code, stderr } = await place.kontor('simulate', 'file')
    expect(code).not.toBe(0)
    expect(stderr).toContain('Plugin file talks to no server')
    expect(stderr).toContain('README says under "Simulator"')
  })
})

test('a store that is not there is not made by looking', async () => {
  place.write('kontor.yaml', `connections:\n${till()}`)
  const { code, stderr } = await place.kontor('status')
  expect(code).toBe(2)
  expect(stderr).toContain('kontor.db yet. "kontor run" or "kontor run --once" makes it.')
  expect(existsSync(join(place.folder, 'kontor.db'))).toBe(false)
})
