import { describePlugin } from '@kontor/testkit'
import plugin from '../src/index.ts'
import { amazonSuite } from './suite.ts'

describePlugin(plugin, amazonSuite)
