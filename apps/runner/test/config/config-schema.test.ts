import { Ajv, type ValidateFunction } from 'ajv'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { definePlugin } from '@kontor/core'
import { configSchema } from '../../src/config/index.ts'
import { complaints, plugins } from './load.ts'

const schema = configSchema(Object.entries(plugins).map(([name, plugin]) => ({ name, plugin })))
// `strict` is off: an editor's schema may say things ajv has no word for, such as `secret`.
const check: ValidateFunction = new Ajv({
  strict: false,
  validateFormats: false,
  allErrors: true,
  logger: false,
}).compile(schema)
const wrongAt = (yaml: string): string[] =>
  check(parse(yaml))
    ? []
    : (check.errors ?? [])
        .filter(({ keyword }) => keyword !== 'if' && keyword !== 'anyOf')
        .map(({ instancePath, message }) => `${instancePath} ${message}`)

const good = `
$schema: ./kontor.schema.json
store: ./kontor.db
connections:
  shop:
    plugin: plugin-shop
    config: { region: europe, pages: "\${env:PAGES}", notice: { by: mail, to: a@example.com } }
    credentials: { login: muster, token: "\${env:SHOP_TOKEN}" }
    limits: { orders: { burst: 5 } }
    every: { orders: 5m }
  vault: { plugin: plugin-vault, credentials: { accountFile: ./vault.txt } }
  own: { plugin: ./plugins/own.ts, config: { anything: 1 } }
  depot: { plugin: plugin-depot }
flows:
  - { entity: orders, from: [shop], to: depot, where: shippable, start: 2026-05-03, every: 5m }
  - { entity: shipments, from: depot, to: origin }
  - { entity: stock, from: depot, to: [shop], guard: { dropToZero: 20% } }
  - { loyalty: { shop: shop, provider: depot } }
decide: { shop: { accept: auto, notBefore: 60m } }
log: { level: debug }
`

test('a good file is valid', () => {
  expect(wrongAt(good)).toEqual([])
})

test.each([
  ['an unknown key of the file', good.replace('decide:', 'decisions:'), ' must NOT have additional properties'],
  [
    'a plugin that is not installed',
    good.replace('plugin-depot', 'plugin-dept'),
    '/connections/depot/plugin must be equal to one of the allowed values',
  ],
  [
    'a wrong word in the config of a plugin',
    good.replace('europe', 'moon'),
    '/connections/shop/config/region must be equal to one of the allowed values',
  ],
  [
    'an unknown key of a plugin',
    good.replace('region: europe', 'region: europe, market: DE'),
    '/connections/shop/config must NOT have additional properties',
  ],
  [
    'a key of another plugin',
    good.replace('plugin: plugin-depot', 'plugin: plugin-depot, config: { region: europe }'),
    '/connections/depot/config must NOT have additional properties',
  ],
  [
    'a config that is missing',
    good.replace(/ {4}config.*\n/, ''),
    "/connections/shop must have required property 'config'",
  ],
  [
    'a secret in plain text',
    good.replace('"${env:SHOP_TOKEN}"', 'abcdefghijkl'),
    '/connections/shop/credentials/token must match pattern "\\$\\{(env|file|secret):[^}]+\\}"',
  ],
  [
    'credentials nobody wants',
    good.replace('plugin: plugin-depot', 'plugin: plugin-depot, credentials: {}'),
    '/connections/depot/credentials boolean schema is false',
  ],
  [
    'an unknown limit',
    good.replace('limits: { orders', 'limits: { order'),
    '/connections/shop/limits property name must be valid',
  ],
  [
    'an unknown entity',
    good.replace('entity: stock', 'entity: stocks'),
    '/flows/2/entity must be equal to one of the allowed values',
  ],
  ['a duration without a unit', good.replace('every: 5m }\n  -', 'every: 5 }\n  -'), '/flows/0/every must be string'],
])('%s is wrong', (_title, yaml, expected) => {
  expect(wrongAt(yaml)).toContain(expected)
})

test('what the schema finds good is read without a complaint', async () => {
  expect(await complaints(good.replace(/ {2}own.*\n/, ''))).toEqual([])
})

describe('a plugin whose schema refers to itself', () => {
  const Node = z.strictObject({
    name: z.string(),
    get inner() {
      return z.array(Node).optional()
    },
  })
  const nested = definePlugin({
    id: 'nested',
    title: 'Nested',
    apiVersion: 1,
    description: '',
    config: Node,
    readers: {},
    writers: {},
    create: () => ({ check: async () => ({ problems: [] }), readers: {}, writers: {} }),
  })
  const compiled = new Ajv({ strict: false, logger: false }).compile(
    configSchema([{ name: 'plugin-nested', plugin: nested }]),
  )
  const connection = (config: unknown): unknown => ({ connections: { one: { plugin: 'plugin-nested', config } } })

  test('keeps its meaning inside the whole', () => {
    expect(compiled(connection({ name: 'a', inner: [{ name: 'b', inner: [{ name: 'c' }] }] }))).toBe(true)
    expect(compiled(connection({ name: 'a', inner: [{ name: 'b', inner: [{ nom: 'c' }] }] }))).toBe(false)
  })
})
