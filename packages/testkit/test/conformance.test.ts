import { describePlugin } from '../src/index.ts'
import { musterladen } from './musterladen/plugin.ts'
import { musterladenSuite } from './musterladen/suite.ts'

describePlugin(musterladen, musterladenSuite)
