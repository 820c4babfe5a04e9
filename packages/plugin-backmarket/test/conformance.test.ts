import { describePlugin } from '@kontor/testkit'
import plugin from '../src/index.ts'
import { backMarketSuite } from './suite.ts'

describePlugin(plugin, backMarketSuite)
