import { fold } from './fold.ts'

/** Where an import file stands: the French words of `file/status`, compared without case and accents. */
export type ImportState = 'pending' | 'done' | 'cancelled' | 'empty' | 'unknown'

const states: Readonly<Record<string, ImportState>> = {
  recu: 'pending',
  enattente: 'pending',
  majencours: 'pending',
  encours: 'pending',
  traite: 'done',
  annule: 'cancelled',
  aucunelignenaetechargee: 'empty',
}
export const importState = (word: string | undefined): ImportState => states[fold(word ?? '')] ?? 'unknown'

/** Minutes after sending at which a report is asked for; reports take seconds to hours and are kept about five days. */
export const reportSchedule: readonly number[] = [0.25, 1, 2, 5, 10, 20, 40, 60]
