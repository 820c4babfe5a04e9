import { describePlugin } from '@kontor/testkit'
import plugin from '../src/index.ts'
import { fileSuite } from './suite.ts'

describePlugin(plugin, fileSuite)
