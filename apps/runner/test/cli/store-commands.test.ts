import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import { z } from 'zod'
import { randomName, serverUrl } from '../databases.ts'
import { config, order, Place } from './kontor.ts'

// Each command is a process of its own, and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 })

let place: Place
beforeEach(() => {
  place = new Place()
  place.write('kontor.yaml', config())
  place.write('till/orders.json', [order('1')])
})
afterEach(() => place[Symbol.dispose]())

const file = (name: string): string => join(place.folder, name)
const taken = (): number =>
  existsSync(file('shelf/orders.jsonl'))
    ? readFileSync(file('shelf/orders.jsonl'), 'utf8').trim().split('\n').length
    : 0
const Copied = z.object({ rows: z.number(), checksum: z.string() })
const copied = (text: string) => Copied.parse(JSON.parse(text))

describe.skipIf(inject('postgresUrl') === '')('kontor store move', () => {
  test('to PostgreSQL and back: everything is there, the old store is closed, nothing is sent again', async () => {
    place.environment['DATABASE_URL'] = await serverUrl(randomName())
    await place.kontor('run', '--once')
    const before = taken()
    const there = await place.kontor('store', 'move', '${env:DATABASE_URL}', '--json')
    expect(there).toMatchObject({ code: 0, stderr: '' })
    const refused = await place.kontor('run', '--once')
    expect(refused.code).toBe(2)
    expect(refused.stderr).toContain('was moved to postgres://')

    place.write('kontor.yaml', `store: "\${env:DATABASE_URL}"\n${config()}`)
    expect(await place.kontor('run', '--once')).toMatchObject({ code: 0 })
    expect(taken()).toBe(before)
    const back = await place.kontor('store', 'move', './back.db', '--json')
    expect(back).toMatchObject({ code: 0, stderr: '' })
    expect(copied(back.stdout).rows).toBeGreaterThanOrEqual(copied(there.stdout).rows)
    place.write('kontor.yaml', `store: ./back.db\n${config()}`)
    place.write('till/orders.json', [order('1'), order('2')])
    expect(await place.kontor('run', '--once')).toMatchObject({ code: 0 })
    expect(taken()).toBe(before + 1)
  })

  test('refuses while a runner works on the store, and closes nothing then', async () => {
    const runner = place.start('run')
    await runner.says('Kontor runs')
    const refused = await place.kontor('store', 'move', './new.db')
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.stderr).toContain('RUNNER_ACTIVE')
    runner.child.kill('SIGTERM')
    expect(await runner.ended).toMatchObject({ code: 0 })
    expect(await place.kontor('run', '--once')).toMatchObject({ code: 0 })
  })
})

describe('kontor backup and restore', () => {
  test('a backup made beside a runner becomes the store again, and asks before it sends', async () => {
    const runner = place.start('run')
    await runner.says('Kontor runs')
    await vi.waitFor(() => expect(taken()).toBe(1), 60_000)
    const made = await place.kontor('backup', 'kept.db', '--json')
    expect(made).toMatchObject({ code: 0, stderr: '' })
    runner.child.kill('SIGKILL')
    await runner.ended
    expect((await place.kontor('restore', 'kept.db')).stderr).toContain('is not empty')
    for (const name of ['kontor.db', 'kontor.db-wal', 'kontor.db-shm', 'kontor.db.key'])
      if (existsSync(file(name))) renameSync(file(name), file(`old-${name}`))

    const restored = await place.kontor('restore', 'kept.db', '--json')
    expect(restored).toMatchObject({ code: 0, stderr: '' })
    expect(copied(restored.stdout)).toEqual(copied(made.stdout))
    place.write('till/orders.json', [
      order('1'),
      order('2', { orderedAt: new Date(Date.now() + 60_000).toISOString() }),
    ])
    expect((await place.kontor('run', '--once')).stderr).toBe('')
    expect(taken()).toBe(2)
  })

  test('what is no backup, is damaged or lacks its key is refused with a sentence', async () => {
    await place.kontor('run', '--once')
    expect(await place.kontor('backup', 'kept.db')).toMatchObject({ code: 0 })
    expect((await place.kontor('backup', 'kept.db')).stderr).toContain('replaces nothing')
    place.write('kontor.yaml', `store: ./other.db\n${config()}`)
    expect((await place.kontor('restore', 'kontor.db')).stderr).toContain('was not made by "kontor backup"')
    expect((await place.kontor('restore', 'none.db')).stderr).toContain('There is no backup at')
    renameSync(file('kept.db.key'), file('hidden.key'))
    expect((await place.kontor('restore', 'kept.db')).stderr).toContain('The key of the backup is missing')
    renameSync(file('hidden.key'), file('kept.db.key'))
    const database = new Database(file('kept.db'))
    database.exec(`update records set content = replace(content, '12.30', '99.30')`)
    database.close()
    const damaged = await place.kontor('restore', 'kept.db')
    expect(damaged.code).toBe(2)
    expect(damaged.stderr).toContain('its checksum is not the one')
    expect((await place.kontor('run', '--once')).code).toBe(2)
    place.write('kontor.yaml', `store: ./kept.db\n${config()}`)
    expect((await place.kontor('run', '--once')).stderr).toContain('is a backup')
  })

  test('the key of another store is not replaced', async () => {
    await place.kontor('run', '--once')
    await place.kontor('backup', 'kept.db')
    place.write('kontor.yaml', `store: ./other.db\n${config()}`)
    writeFileSync(file('other.db.key'), `${'f'.repeat(64)}\n`)
    const refused = await place.kontor('restore', 'kept.db')
    expect(refused.stderr).toContain('the key of another store')
    expect(readFileSync(file('other.db.key'), 'utf8')).toBe(`${'f'.repeat(64)}\n`)
  })
})

describe('kontor doctor', () => {
  const Findings = z.array(
    z.object({ level: z.string(), about: z.string(), message: z.string(), remedy: z.string().optional() }),
  )
  const examine = async () => {
    const { code, stdout } = await place.kontor('doctor', '--json')
    const findings = Findings.parse(JSON.parse(stdout))
    return { code, findings, wrong: findings.filter(({ level }) => level !== 'fine') }
  }

  test('has nothing to say against an installation that works, and says what it has looked at', async () => {
    const runner = place.start('run')
    await runner.says('Kontor runs')
    const { code, findings, wrong } = await examine()
    expect(wrong).toEqual([])
    expect(code).toBe(0)
    expect(new Set(findings.map(({ about }) => about))).toEqual(
      new Set(['kontor', 'config', 'store', 'disk', 'runners', 'work']),
    )
    runner.child.kill('SIGTERM')
    await runner.ended
  })

  test('names a runner that was killed, another that differs, what stands still and a clock that was set back', async () => {
    await place.kontor('run', '--once')
    const runner = place.start('run')
    await runner.says('Kontor runs')
    runner.child.kill('SIGKILL')
    await runner.ended
    const database = new Database(file('kontor.db'))
    const soon = Date.now() + 3_600_000
    database.exec(`
      insert into leases values ('runner', 'elsewhere/7/0/x', 1, ${soon}) on conflict do update set owner = excluded.owner, until = excluded.until;
      insert into runners values ('elsewhere/7/0/x', ${Date.now()}, '{"kontor":"9.9.9","node":"26","store":1,"connections":{},"flows":[]}');
      update deliveries set state = 'parked', error = '{"code":"IN_DOUBT","message":"?"}';
      update connections set paused_by = '{"code":"AUTH_EXPIRED","message":"The token has lapsed."}' where name = 'till';
      update streams set failures = 4, error = '{"code":"UNREACHABLE","message":"No answer."}';
      update records set updated_at = ${soon}`)
    database.close()
    const { code, wrong } = await examine()
    expect(code).toBe(2)
    const said = wrong.map(({ about, message }) => `${about}: ${message}`).join('\n')
    for (const each of [
      'process 7) has Kontor 9.9.9',
      'does not know the connection till',
      'has ended without saying so',
      'deliveries: 1 wait for a person',
      'till stands still. AUTH_EXPIRED',
      'has failed 4 times in a row. UNREACHABLE',
      'the clock of this machine was set back',
    ])
      expect(said).toContain(each)
    expect(wrong.every(({ remedy }) => remedy !== undefined)).toBe(true)
  })

  test('says what to do where there is no store, or none that can be reached', async () => {
    expect((await examine()).wrong).toMatchObject([{ about: 'store', remedy: '"kontor run" makes it.' }])
    place.write('kontor.yaml', `store: postgres://nobody@127.0.0.1:1/none\n${config()}`)
    const { code, wrong } = await examine()
    expect(code).toBe(2)
    expect(wrong).toMatchObject([
      { level: 'error', about: 'store', message: expect.stringContaining('STORE_UNAVAILABLE') },
    ])
  })
})
