import type { Command } from 'commander'
import type { Cli } from './cli.ts'
import type { ExitCode } from './exit-codes.ts'

/** What a command does; it answers with the code to end with, or nothing for 0. */
type Work<A extends unknown[]> = (cli: Cli, ...given: A) => Promise<ExitCode | undefined | void>
/** Makes an action for commander of it: with what every command has, and with errors shown in one way. */
export type Act = <A extends unknown[]>(work: Work<A>) => (...given: [...A, Command]) => Promise<void>
/** Adds a command to the program. */
export type Registration = (program: Command, act: Act) => void
