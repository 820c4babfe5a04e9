import type { Guide } from '@kontor/core'
import { de } from './de.ts'
import { en } from './en.ts'

export const guide: Guide = { en, de }
