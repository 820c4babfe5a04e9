/** Abilities of this host that a plugin may demand in `features`. A plugin that demands one which is not here was written for a newer host. */
export const hostFeatures: readonly string[] = [
  'actions',
  'begin',
  'cache',
  'ensure',
  'fetch-by-id',
  'files',
  'hints',
  'loyalty',
  'look',
  'oauth',
  'paths',
  'plan',
  'read-back',
  'uploads',
  'webhooks',
]
