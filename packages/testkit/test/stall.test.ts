import { describePlugin } from '../src/index.ts'
import { stall } from '../examples/stall/plugin.ts'
import { stallSuite } from '../examples/stall/suite.ts'

describePlugin(stall, { ...stallSuite, report: 'none' })
