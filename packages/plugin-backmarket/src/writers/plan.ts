import type { Json, KontorError } from '@kontor/core'

/** What has to be done for a wish, from how the order stands now. Asked again after every step, until nothing is left. */
export type Plan<Step> =
  | { is: 'act'; step: Step }
  | { is: 'already'; detail?: Readonly<Record<string, Json>> }
  | { is: 'waiting'; error: KontorError }
  | { is: 'refused'; error: KontorError }
