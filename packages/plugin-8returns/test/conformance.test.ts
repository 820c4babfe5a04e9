import { describePlugin } from '@kontor/testkit'
import eightReturns from '../src/index.ts'
import { eightReturnsSuite } from './suite.ts'

describePlugin(eightReturns, eightReturnsSuite)
