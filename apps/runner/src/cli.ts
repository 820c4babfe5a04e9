#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { z } from 'zod'

const manifestFile = new URL('../package.json', import.meta.url)
const manifest = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(manifestFile, 'utf8')))

const program = new Command('kontor')
  .description("keeps a merchant's marketplaces in step with their own systems")
  .version(manifest.version)

await program.parseAsync()
