import { KontorError, type Plugin } from '@kontor/core'
import { asSimulator, parseSwitches, type AnySimulator } from '@kontor/testkit/simulator'
import { InvalidArgumentError } from 'commander'
import { nearest } from '../../config/index.ts'
import type { Cli } from '../cli.ts'
import { installedPackages } from '../installed.ts'
import { UsageError } from '../usage-error.ts'
import type { Registration } from '../registration.ts'

interface SimulateOptions {
  port?: number
  seed: string
  orders?: string
  set: string[]
  rate?: number
}

/** Starts the imitation of a system that a plugin brings, and serves it until it is stopped. */
export const simulate: Registration = (program, act) =>
  void program
    .command('simulate')
    .description('start the imitation of a system that a plugin brings')
    .argument('<plugin>', 'package of the plugin, or its short name')
    .option('--port <port>', 'port on 127.0.0.1; default: a free one', parsePort)
    .option('--seed <seed>', 'two starts with one seed give the same world', '1')
    .option('--orders <count>', 'short for --set orders=<count>')
    .option(
      '--set <name=value>',
      'a switch of the simulator; may be repeated',
      (text: string, before: string[]) => [...before, text],
      [],
    )
    .option('--rate <factor>', 'how much faster its time runs', Number)
    .action(
      act(async (cli, name: string, options: SimulateOptions) => {
        await using running = await start(await simulatorOf(cli, name), options)
        cli.out.result(
          { id: running.id, url: running.url, port: running.port, seed: running.seed, options: running.options },
          () => {
            cli.out.print(running.describe())
            cli.out.print('\nCtrl-C ends it.')
          },
        )
        await new Promise<void>((resolve) => cli.signal.addEventListener('abort', () => resolve(), { once: true }))
      }),
    )

function parsePort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('Write a port from 0 to 65535.')
  return port
}

/** `shop` stands for the installed package that ends with `plugin-shop`. */
async function simulatorOf(cli: Cli, given: string): Promise<AnySimulator> {
  const names = installedPackages(cli.folder).map(({ name }) => name)
  const full =
    names.find((name) => name === given) ??
    names.find((name) => name.endsWith(`plugin-${given}`)) ??
    (/[/.]/.test(given) ? given : undefined)
  if (full === undefined) {
    const near = nearest(
      given,
      names.map((name) => name.replace(/^.*plugin-/, '')),
    )
    throw new KontorError('PLUGIN_NOT_FOUND', {
      message: `No plugin "${given}" is installed.${near === undefined ? ' "kontor plugins" lists those that are.' : ` Did you mean "${near}"?`}`,
    })
  }
  const plugin = await cli.loadPlugin(full, cli.folder)
  const loaded = await plugin.simulator?.()
  if (!loaded) throw new KontorError('UNSUPPORTED', { message: withoutSimulator(plugin) })
  return asSimulator(loaded.simulator)
}

const withoutSimulator = ({ id, hosts }: Plugin): string =>
  hosts === undefined
    ? `Plugin ${id} talks to no server, so there is none to imitate. What can stand on the other side instead, its README says under "Simulator".`
    : `Plugin ${id} brings no simulator. Its README says under "Simulator" what it is tested against.`

async function start(
  simulator: AnySimulator,
  { port, seed, orders, set, rate }: SimulateOptions,
): ReturnType<AnySimulator['start']> {
  const switches = parseSwitches([...(orders === undefined ? [] : [`orders=${orders}`]), ...set])
  try {
    return await simulator.start({
      port,
      seed: /^\d+$/.test(seed) ? Number(seed) : seed,
      options: switches,
      ...(rate === undefined ? {} : { clock: { rate } }),
    })
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EADDRINUSE')
      throw new UsageError(`Port ${port} is taken. Choose another, or leave --port out.`)
    if (thrown instanceof Error && thrown.name === 'ZodError')
      throw new UsageError(
        `The ${simulator.title} simulator has no such switch, or not with that value: ${thrown.message.replace(/\s+/g, ' ')}`,
      )
    throw thrown
  }
}
