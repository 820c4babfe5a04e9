import { describePlugin } from '@kontor/testkit'
import plugin from '../src/index.ts'
import { leatSuite, ledgerSuite } from './suite.ts'

// One contract, two providers: what holds for the one has to hold for the other.
describePlugin(plugin, leatSuite)
const ledgerPlugin: typeof plugin = { ...plugin, title: 'A ledger of your own' }
describePlugin(ledgerPlugin, ledgerSuite)
