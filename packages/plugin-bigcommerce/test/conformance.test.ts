import { describePlugin } from '@kontor/testkit'
import plugin from '../src/index.ts'
import { bigcommerceSuite } from './suite.ts'

describePlugin(plugin, bigcommerceSuite)
