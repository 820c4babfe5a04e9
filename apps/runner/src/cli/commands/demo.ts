import { demoSystems } from '../../demo/demo-systems.ts'
import { runDemo, type DemoCounts, type DemoResult } from '../../demo/run-demo.ts'
import type { Cli } from '../cli.ts'
import type { Registration } from '../registration.ts'
import { parseCount } from '../time.ts'

interface DemoOptions {
  orders: number
  limit: number
}

/** The main job on real parts, without an account anywhere. */
export const demo: Registration = (program, act) =>
  void program
    .command('demo')
    .description('the way of some orders, returns and points, with simulated systems and a folder as warehouse')
    .option('--orders <count>', 'orders at the largest marketplace', parseCount, 300)
    .option('--limit <seconds>', 'ends it after so long at the latest', parseCount, 90)
    .action(
      act(async (cli, { orders, limit }: DemoOptions) => {
        cli.out.print(
          `${demoSystems.length} simulated systems (${orders} orders at the largest), a folder as warehouse, and Kontor between them.`,
        )
        const result = await runDemo({
          loadPlugin: cli.loadPlugin,
          clock: cli.clock,
          log: cli.log,
          mask: (secrets) => cli.redactor.add(...secrets),
          signal: cli.signal,
          orders,
          limitMs: limit * 1000,
          progress: (counts) => {
            cli.screen.progress(lineOf(counts))
            cli.out.line({ event: 'progress', ...counts })
          },
        })
        cli.screen.clear()
        cli.out.line({ event: 'ended', ...result })
        show(cli, result)
        return result.closed && result.doubled.length === 0 ? 0 : 1
      }),
    )

const lineOf = ({ shop, kontor, warehouse, elapsedMs }: DemoCounts): string =>
  `${(elapsedMs / 1000).toFixed(0)}s  records ${kontor.records.reduce((sum, each) => sum + each.count, 0)}  to the warehouse ${warehouse.taken}  packed ${warehouse.shipped}  confirmed ${shop.shipped}`

/** How the command is called from where the demo was started: from a checkout through its script, else by name. */
const command = process.env['npm_lifecycle_event'] === 'start' ? 'npx -y pnpm@12.21.0 kontor' : 'kontor'

function show({ out }: Cli, { counts, doubled, closed, folder, config, example, simulators }: DemoResult): void {
  const { shop, kontor, warehouse, elapsedMs } = counts
  out.print()
  out.table(kontor.records, [
    { title: 'READ FROM', value: (row) => row.connection },
    { title: 'ENTITY', value: (row) => row.entity },
    { title: 'RECORDS', value: (row) => row.count },
  ])
  out.print()
  out.table(kontor.flows, [
    { title: 'DELIVERED TO', value: (row) => row.to },
    { title: 'ENTITY', value: (row) => row.entity },
    { title: 'DONE', value: (row) => row.done },
    { title: 'REFUSED', value: (row) => row.refused },
  ])
  out.print(
    `\nThe warehouse says: ${warehouse.taken} orders taken, ${warehouse.shipped} packed, ${warehouse.received} returns received. ${simulators[0]?.title ?? 'The marketplace'} says: ${shop.shipped} orders shipped.`,
  )
  const refused = kontor.flows.reduce((sum, flow) => sum + flow.refused, 0)
  const verdict =
    doubled.length > 0
      ? out.paint.red(`Seen twice: ${doubled.join(', ')}`)
      : closed
        ? out.paint.green('Nothing lost, nothing doubled.')
        : out.paint.yellow('Not finished in time.')
  out.print(`\n${verdict} ${(elapsedMs / 1000).toFixed(1)} s.`)
  if (refused > 0)
    out.print(
      `${refused} things need a person, each with its reason: ${command} --config ${config} deliveries list --state refused`,
    )
  if (example) {
    out.print(`\nThe way of order ${example.key}:`)
    for (const step of example.steps) out.print(`  ${step}`)
  }
  out.print(`\nIt is all in ${folder}. Look into it with`)
  out.print(`  ${command} --config ${config} status`)
  if (example) out.print(`  ${command} --config ${config} trace ${example.key}`)
}
