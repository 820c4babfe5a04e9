import { existsSync } from 'node:fs'
import { toKontorError, remedyOf } from '@kontor/core'
import { failure, fine, warning, type Finding } from '../../doctor/finding.ts'
import { lookAtStore } from '../../doctor/store.ts'
import { lookAtRunners, lookAtWork } from '../../doctor/work.ts'
import { aboutOf, kontorVersion } from '../../engine/about.ts'
import { allFlows, openStoreAt } from '../../engine/open-engine.ts'
import type { Cli } from '../cli.ts'
import type { Registration } from '../registration.ts'
import { engineOptions } from '../with-store.ts'

/** What is wrong with this installation, and what to do about it. Changes nothing, and calls no system of a connection. */
export const doctor: Registration = (program, act) =>
  void program
    .command('doctor')
    .description('what is wrong with config, store, machine and runners, and what to do')
    .action(
      act(async (cli) => {
        const findings = await examine(cli)
        cli.out.result(findings, () => {
          for (const { level, about, message, remedy } of findings) {
            const paint = { fine: cli.out.paint.green, warning: cli.out.paint.yellow, error: cli.out.paint.red }[level]
            cli.out.print(`${paint(level.padEnd(7))}  ${cli.out.paint.bold(about.padEnd(11))}  ${message}`)
            if (remedy !== undefined) cli.out.print(`${' '.repeat(22)}${cli.out.paint.dim(remedy)}`)
          }
        })
        const has = (level: Finding['level']): boolean => findings.some((each) => each.level === level)
        return has('error')
          ? 2
          : findings.some(({ level, about }) => level !== 'fine' && about === 'deliveries')
            ? 4
            : 0
      }),
    )

async function examine(cli: Cli): Promise<Finding[]> {
  const findings: Finding[] = [fine('kontor', `${kontorVersion} on Node.js ${process.versions.node}.`)]
  const config = await cli.config()
  findings.push(
    ...config.warnings.map(({ message }) => warning('config', message, 'Change the line; "kontor check" names it.')),
  )
  if (config.warnings.length === 0) findings.push(fine('config', `${cli.file} is right.`))
  const address = await config.store()
  if (address.kind === 'file' && !existsSync(address.path))
    return [...findings, warning('store', `There is none at ${address.path} yet.`, '"kontor run" makes it.')]
  try {
    const store = await openStoreAt(address, cli.clock)
    try {
      const { pluginVersions } = await engineOptions(cli)
      return [
        ...findings,
        ...(await lookAtStore(store, { hasOwnKey: address.key !== undefined })),
        ...(await lookAtRunners(store, aboutOf(config, allFlows(config), pluginVersions))),
        ...(await lookAtWork(store)),
      ]
    } finally {
      await store.close()
    }
  } catch (thrown) {
    const error = toKontorError(thrown, 'Looking at the store')
    return [...findings, failure('store', `${error.code}: ${error.message}`, remedyOf(error.code))]
  }
}
