#!/usr/bin/env node
import { main } from './cli/program.ts'

// Who reads our output may leave early (`kontor orders | head`); that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await main(process.argv)
