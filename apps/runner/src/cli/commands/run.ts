import { runForever, runOnce, type RunReport } from '../../engine/runner.ts'
import type { Cli } from '../cli.ts'
import { endAnyway } from '../end-anyway.ts'
import { watchForHoldUps } from '../hold-up/watch.ts'
import type { ExitCode } from '../exit-codes.ts'
import { showProgress } from '../progress.ts'
import type { Registration } from '../registration.ts'
import { didNothing, exitCodeOfRun, readStatus, runColumns, runsSince } from '../run-report.ts'
import type { Status } from '../../store/status.ts'
import { engineOptions, withStore } from '../with-store.ts'

/** The runner: until it is stopped, or everything once. */
export const run: Registration = (program, act) =>
  void program
    .command('run')
    .description('read and deliver what is due, until it is stopped')
    .option('--once', 'everything once, then end')
    .action(
      act(async (cli, { once, logLevel }: { once?: boolean; logLevel?: string }) => {
        const config = await cli.config()
        if (logLevel === undefined && !once) cli.log.level = config.log.level
        await using _ = await watchForHoldUps(config, 5 satisfies ExitCode)
        const code = once ? await runAllOnce(cli) : await runOn(cli)
        endAnyway(cli.log)
        return code
      }),
    )

async function runOn(cli: Cli): Promise<ExitCode> {
  const options = await engineOptions(cli)
  const report = await runForever({
    ...options,
    signal: cli.signal,
    progress: showProgress(cli),
    started: ({ paused }) => {
      const { connections, flows } = options.config
      cli.out.line({
        event: 'started',
        connections: [...connections.keys()],
        flows: flows.map(({ id }) => id),
        paused: pausedOf(paused),
      })
      cli.out.print(
        `Kontor runs: ${connections.size} connections, ${flows.length} flows. Ctrl-C ends it; nothing is lost.`,
      )
      for (const [name, error] of paused)
        cli.out.print(`${cli.out.paint.yellow('stands still')}  ${name}: ${error.message}`)
    },
  })
  cli.screen.clear()
  cli.out.line({ event: 'ended', failures: report.failures.length })
  cli.out.print('Stopped. The next run goes on where this one ended.')
  // A service is stopped by SIGTERM; failures on its way were logged and tried again.
  return 0
}

async function runAllOnce(cli: Cli): Promise<ExitCode> {
  const since = cli.clock.now()
  const report = await runOnce({ ...(await engineOptions(cli)), signal: cli.signal, progress: showProgress(cli) })
  cli.screen.clear()
  return await withStore(cli, async (store) => {
    const status = await readStatus(store)
    const runs = await runsSince(store, since)
    cli.out.result(
      { runs, failures: report.failures.map((error) => error.toJSON()), paused: pausedOf(report.paused) },
      () => {
        const later = waitingText(status)
        if (runs.every(didNothing)) cli.out.print(`Nothing was new, and nothing was due${later ? `; ${later}` : ''}.`)
        else cli.out.table(runs, runColumns)
        for (const error of report.failures) cli.out.print(`\n${cli.out.paint.red(error.code)}  ${error.message}`)
        const told = new Set(report.failures.map(({ message }) => message))
        for (const [name, error] of report.paused)
          if (!told.has(error.message))
            cli.out.print(`\n${cli.out.paint.yellow('stands still')}  ${name}: ${error.message}`)
      },
    )
    return exitCodeOfRun(report, status)
  })
}

/** What is neither delivered nor stopped: it has its own time, and another run takes it up. */
function waitingText({ deliveries }: Status): string | undefined {
  const count = deliveries.reduce(
    (sum, { counts }) => sum + (counts.pending ?? 0) + (counts.waiting ?? 0) + (counts.sent ?? 0),
    0,
  )
  return count === 0
    ? undefined
    : `${count === 1 ? '1 delivery waits for its' : `${count} deliveries wait for their`} time ("kontor deliveries list")`
}

const pausedOf = (paused: RunReport['paused']): Record<string, unknown> =>
  Object.fromEntries([...paused].map(([name, error]) => [name, error.toJSON()]))
