import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { readTruth } from '../src/simulator/index.ts'

const warehouseScript = fileURLToPath(new URL('../src/simulator/warehouse.ts', import.meta.url))
const writerScript = fileURLToPath(new URL('writer-process.ts', import.meta.url))
const count = 300
/** Each costs the start of a process; the protocol was tried with 60 of them. */
const mostKills = 6

function start(script: string, ...given: string[]): ChildProcess {
  const child = spawn(process.execPath, ['--conditions=@kontor/source', script, ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

test.each(['one', 'batch'])(
  'the warehouse gets every order exactly once, while the writer is killed again and again (perFile: %s)',
  async (perFile) => {
    const root = await mkdtemp(join(tmpdir(), 'kontor-kill-'))
    onTestFinished(() => rm(root, { recursive: true, force: true }))
    const [folder, journal, truth] = [join(root, 'warehouse'), join(root, 'journal'), join(root, 'truth.jsonl')]
    const warehouse = start(warehouseScript, folder, '--pace', '0', '--truth', truth)
    let kills = 0
    for (let finished = false; !finished;) {
      const writer = start(writerScript, folder, journal, String(count), perFile)
      const ended = once(writer, 'exit')
      if (writer.stdout) await Promise.race([once(writer.stdout, 'data'), ended])
      await Promise.race([wait(kills < mostKills ? Math.random() * 60 : 30_000), ended])
      if (writer.kill('SIGKILL')) kills += 1
      const [code]: unknown[] = await ended
      finished = code === 0
    }
    const taken = (): string[] =>
      readTruth(truth)
        .filter(({ what }) => what === 'order-taken')
        .map(({ key }) => key)
    for (let waits = 0; waits < 100 && new Set(taken()).size < count; waits++) await wait(100)
    warehouse.kill('SIGTERM')
    await once(warehouse, 'exit')
    expect(taken().toSorted()).toEqual(Array.from({ length: count }, (_, place) => `shop/${place + 1}`).toSorted())
    expect(kills).toBeGreaterThan(1)
  },
  90_000,
)
