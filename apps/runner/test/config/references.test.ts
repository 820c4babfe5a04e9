import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ConnectionSettings } from '../../src/config/config.ts'
import { readConfig, type Config } from '../../src/config/index.ts'
import { createSecretSource } from '../../src/config/secret-source.ts'
import { complaints, loadPlugin } from './load.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kontor-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const load = async (text: string, environment: Record<string, string> = {}): Promise<Config> =>
  await readConfig(text, join(folder, 'kontor.yaml'), {
    loadPlugin,
    secrets: createSecretSource({ folder, environment }),
  })

async function open(text: string, environment: Record<string, string> = {}): Promise<ConnectionSettings> {
  const connection = (await load(text, environment)).connections.get('shop')
  if (!connection) throw new Error('the config has no connection "shop"')
  return await connection.open()
}

const shop = (token: string, config = '{ region: asia }'): string =>
  `connections:\n  shop:\n    plugin: plugin-shop\n    config: ${config}\n    credentials: { login: muster, token: ${token} }\n`

test('a reference is looked up when the connection is opened, not when the file is read', async () => {
  await expect(load(shop('"${env:SHOP_TOKEN}"'))).resolves.toBeDefined()
  expect((await open(shop('"${env:SHOP_TOKEN}"'), { SHOP_TOKEN: 'from-the-environment' })).credentials).toEqual({
    login: 'muster',
    token: 'from-the-environment',
  })
})

test('a variable is also found in .env beside the config, and the environment wins', async () => {
  writeFileSync(join(folder, '.env'), 'SHOP_TOKEN=from-the-env-file\n')
  expect((await open(shop('"${env:SHOP_TOKEN}"'))).credentials).toMatchObject({ token: 'from-the-env-file' })
  expect((await open(shop('"${env:SHOP_TOKEN}"'), { SHOP_TOKEN: 'from-the-environment' })).credentials).toMatchObject({
    token: 'from-the-environment',
  })
  expect(process.env['SHOP_TOKEN']).toBeUndefined()
})

test('a file is read beside the config, without the line break at its end', async () => {
  writeFileSync(join(folder, 'token.txt'), 'from-the-file\n')
  expect((await open(shop('"${file:./token.txt}"'))).credentials).toMatchObject({ token: 'from-the-file' })
})

test('a secret is found where secrets are mounted', async () => {
  mkdirSync(join(folder, 'mounted'))
  writeFileSync(join(folder, 'mounted', 'shop-token'), 'from-the-mount\n')
  expect((await open(shop('"${secret:shop-token}"'), { KONTOR_SECRETS: 'mounted' })).credentials).toMatchObject({
    token: 'from-the-mount',
  })
})

test('a name of a secret cannot leave the folder of secrets', async () => {
  mkdirSync(join(folder, 'secrets'))
  writeFileSync(join(folder, 'outside'), 'not-a-secret')
  await expect(open(shop('"${secret:../outside}"'))).rejects.toMatchObject({ code: 'SECRET_MISSING' })
})

test('references stand inside longer texts, and "$${" is a plain "${"', async () => {
  expect((await open(shop('"$${a}-${env:A}-${env:B}"'), { A: 'one', B: 'two' })).credentials).toMatchObject({
    token: '${a}-one-two',
  })
})

test('a reference is read as the number the plugin wants', async () => {
  const settings = await open(shop('"${env:T}"', '{ region: "${env:REGION}", pages: "${env:PAGES}" }'), {
    T: 'abcdefghij',
    REGION: 'europe',
    PAGES: '25',
  })
  expect(settings.parsedConfig).toEqual({
    region: 'europe',
    pages: 25,
    url: 'https://shop.example.com',
    markets: ['DE'],
  })
})

test('everything that is missing is told with its place and what to do', async () => {
  const opened = open(
    shop('"${env:SHOP_TOKEN}"', '{ region: asia, signature: "${secret:signature}", url: "${file:./url}" }'),
  )
  await expect(opened).rejects.toMatchObject({ code: 'SECRET_MISSING', key: 'connections.shop.config.signature' })
  const error: unknown = await opened.catch((thrown: unknown) => thrown)
  expect(String(error)).toContain(
    `kontor.yaml:5:42 connections.shop.credentials.token: The variable SHOP_TOKEN is not set. Set it in the environment, or in ${folder}/.env.`,
  )
  expect(String(error)).toContain(
    `kontor.yaml:4:68 connections.shop.config.url: The file ${folder}/url cannot be read, or is empty.`,
  )
  expect(String(error)).toContain(
    'kontor.yaml:4:40 connections.shop.config.signature: There is no secret signature. Create a file of that name in one of ',
  )
})

test('an empty variable counts as missing', async () => {
  await expect(open(shop('"${env:SHOP_TOKEN}"'), { SHOP_TOKEN: '' })).rejects.toMatchObject({ code: 'SECRET_MISSING' })
})

test('what a reference leads to is checked, and a secret is not shown in the complaint', async () => {
  const error: unknown = await open(shop('"${env:SHOP_TOKEN}"'), { SHOP_TOKEN: 'hunter2' }).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: 'SECRET_MALFORMED', key: 'connections.shop.credentials.token' })
  expect(String(error)).toContain(
    'kontor.yaml:5:42 connections.shop.credentials.token: found another text, expected at least 10 characters.',
  )
  expect(String(error)).not.toContain('hunter2')
  await expect(
    open(shop('"${env:T}"', '{ region: "${env:REGION}" }'), { T: 'abcdefghij', REGION: 'Asien' }),
  ).rejects.toThrow(
    'kontor.yaml:4:23 connections.shop.config.region: found "Asien", expected europe, america or asia. Did you mean "asia"?',
  )
})

test('what must be masked is known: secrets, what comes from files, and what the plugin derives', async () => {
  writeFileSync(join(folder, 'url'), 'https://hidden.example.com')
  const settings = await open(shop('"${env:T}"', '{ region: asia, url: "${file:./url}", signature: "${env:S}" }'), {
    T: 'abcdefghij',
    S: 'signature-1',
  })
  expect(new Set(settings.secrets)).toEqual(
    new Set([
      'abcdefghij',
      'https://hidden.example.com',
      'signature-1',
      Buffer.from('muster:abcdefghij').toString('base64'),
    ]),
  )
})

const vault = (credentials: string): string =>
  `connections:\n  shop:\n    plugin: plugin-vault\n    credentials: ${credentials}\n`

test('credentials that come as a file are read by the plugin', async () => {
  writeFileSync(join(folder, 'vault.txt'), 'NAME: x\nKEY: k-123\n')
  const settings = await open(vault('{ accountFile: ./vault.txt }'))
  expect(settings).toMatchObject({ credentials: { key: 'k-123' }, secrets: ['k-123'] })
})

test('a file of credentials that is missing, or has another form, says where it is named', async () => {
  await expect(open(vault('{ accountFile: ./vault.txt }'))).rejects.toMatchObject({ code: 'SECRET_MISSING' })
  writeFileSync(join(folder, 'vault.txt'), 'nothing')
  await expect(open(vault('{ accountFile: ./vault.txt }'))).rejects.toThrow(
    'kontor.yaml:4:33 connections.shop.credentials.accountFile: The file has no line that begins with "KEY:". Download it again.',
  )
  expect(await complaints(vault('{ accountFile: ./vault.txt, key: "${env:K}" }'))).toEqual([
    'kontor.yaml:4:46 connections.shop.credentials.key: stands beside accountFile, which already holds everything. Remove one of them.',
  ])
  expect(await complaints(vault('{}'))).toEqual([
    'kontor.yaml:4:5 connections.shop.credentials.key: found nothing, expected text.',
  ])
})

test('the store is a file beside the config, or the database a variable names', async () => {
  expect(await (await load('connections: {}')).store()).toEqual({ kind: 'file', path: join(folder, 'kontor.db') })
  const config = await load('store: "${env:DATABASE_URL}"\nstoreKey: "${env:KEY}"\nconnections: {}', {
    DATABASE_URL: 'postgres://db.example.com/kontor',
    KEY: 'k',
  })
  expect(await config.store()).toEqual({ kind: 'postgres', url: 'postgres://db.example.com/kontor', key: 'k' })
  await expect((await load('store: "${env:DATABASE_URL}"\nconnections: {}')).store()).rejects.toMatchObject({
    code: 'SECRET_MISSING',
    key: 'store',
  })
})

const bare = 'connections:\n  shop:\n    plugin: plugin-shop\n    config: { region: asia }\n'

test('credentials that are nowhere say so when the connection is opened, and how to enter them', async () => {
  const opened = open(bare)
  await expect(opened).rejects.toMatchObject({ code: 'SECRET_MISSING', key: 'connections.shop' })
  await expect(opened).rejects.toThrow(
    'kontor.yaml:2:3 connections.shop: credentials are missing. Plugin shop needs login and token. Enter them with "kontor connect shop", or write references to them here.',
  )
})

test('credentials that were entered are checked and masked like those of the file, which wins', async () => {
  const entered = { login: 'muster', token: 'entered-token-1' }
  const connection = (await load(bare)).connections.get('shop')
  expect(connection?.credentialsIn).toBe('store')
  const settings = await connection?.open(entered)
  expect(settings?.credentials).toEqual(entered)
  expect(settings?.secrets).toContain('entered-token-1')
  expect(settings?.secrets).not.toContain('muster')
  await expect(connection?.open({ login: 'muster', token: 'short' })).rejects.toMatchObject({
    code: 'SECRET_MALFORMED',
    key: 'connections.shop.credentials.token',
  })
  expect((await load(shop('"${env:T}"'))).connections.get('shop')?.credentialsIn).toBe('config')
})
