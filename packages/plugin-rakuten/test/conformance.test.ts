import { describePlugin } from '@kontor/testkit'
import plugin from '../src/index.ts'
import { rakutenSuite } from './suite.ts'

describePlugin(plugin, rakutenSuite)
