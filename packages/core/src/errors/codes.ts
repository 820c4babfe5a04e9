/** Who has to act: the operator, nobody yet, or the authors (ours or the vendor's). */
export type FailureType = 'config' | 'transient' | 'system'
/** How much stops. */
export type Scope = 'run' | 'connection' | 'entity' | 'record'
export type Retry = 'never' | 'backoff'

export interface CodeFacts {
  failureType: FailureType
  scope: Scope
  retry: Retry
  meaning: string
  remedy: string
}

const config = (scope: Scope, meaning: string, remedy: string): CodeFacts => ({
  failureType: 'config',
  scope,
  retry: 'never',
  meaning,
  remedy,
})
const transient = (scope: Scope, meaning: string, remedy: string): CodeFacts => ({
  failureType: 'transient',
  scope,
  retry: 'backoff',
  meaning,
  remedy,
})
const system = (scope: Scope, meaning: string, remedy: string): CodeFacts => ({
  failureType: 'system',
  scope,
  retry: 'never',
  meaning,
  remedy,
})

/** Every code there is. Closed: `docs/errors.md` is written from it, and a test compares both. */
export const errorCodes = {
  CONFIG_INVALID: config('run', 'The configuration cannot be read as it stands.', 'Change the named line.'),
  SECRET_MISSING: config(
    'connection',
    'A referenced secret is not there.',
    'Set the variable, create the file or store the secret that the message names.',
  ),
  SECRET_MALFORMED: config(
    'connection',
    'A secret has a form that cannot be right.',
    'Paste it again; the message says what is wrong with its form.',
  ),
  PLUGIN_NOT_FOUND: config('connection', 'The plugin cannot be loaded.', 'Install the package, or correct its name.'),
  PLUGIN_INCOMPATIBLE: config(
    'connection',
    'The plugin was written for another version of the contract.',
    'Update the plugin or the runner, as the message says.',
  ),
  AUTH_INVALID: config(
    'connection',
    'The system does not accept the credentials.',
    'Create new credentials as the guide of the plugin says, and put them in place.',
  ),
  AUTH_EXPIRED: config(
    'connection',
    'The authorization has lapsed.',
    'Authorize again; reading then goes on where it stopped.',
  ),
  AUTH_PERMISSION_MISSING: config('entity', 'The credentials lack a permission.', 'Grant the named permission.'),
  PERMISSION_SUSPECTED: config(
    'entity',
    'Something is missing from the answers that a permission would show.',
    'Grant the named permission, or turn off what needs it.',
  ),
  ACCOUNT_CHANGED: config(
    'connection',
    'The credentials belong to another account than before.',
    'Put the right credentials back, or give the other account a connection of its own.',
  ),
  ACCOUNT_SHARED: config(
    'connection',
    'Two connections would read the same entity of the same account.',
    'Keep one of them, or give them disjoint filters.',
  ),
  ENDPOINT_MISMATCH: config(
    'connection',
    'The address answers, but not as this system does.',
    'Check region, environment and base URL.',
  ),
  HOST_NOT_ALLOWED: config(
    'connection',
    'A call was about to leave the hosts this plugin may talk to.',
    'Check the base URL; otherwise report it to the author of the plugin.',
  ),
  BLOCKED: config(
    'connection',
    'The system blocks us on purpose.',
    'Contact the system with the reference in the message; calls stay stopped until then.',
  ),
  CREDENTIAL_STORE_NEEDED: config(
    'connection',
    'These credentials are renewed while in use and need a place to be kept.',
    'Pass a CredentialStore.',
  ),
  STORE_NEWER: config(
    'run',
    'The store was written by a newer version.',
    'Use that version or a newer one; nothing was changed.',
  ),
  STORE_UNUSABLE: config(
    'run',
    'The store cannot be written or read.',
    'Free disk space, correct the path or the permissions; what was acknowledged is kept.',
  ),
  RUNNER_ACTIVE: config(
    'run',
    'Another runner is at work on this store.',
    'Stop it first, or use a command that runs beside it.',
  ),
  GUARD_TRIPPED: config(
    'entity',
    'A guard stopped a change that looks like a mistake.',
    'Look at the plan; release it if it is meant, or correct the source.',
  ),
  RATE_LIMITED: transient(
    'entity',
    'The system asks us to slow down.',
    'Nothing; the call is repeated when the system allows it.',
  ),
  UPSTREAM_UNAVAILABLE: transient(
    'entity',
    'The system cannot be reached or fails.',
    'Nothing at first; it is tried again. If it lasts, look at the status page of the system.',
  ),
  TIMEOUT: transient(
    'entity',
    'The system did not answer in time.',
    'Nothing; a read is repeated, a write is asked about first.',
  ),
  ABORTED: transient('run', 'The work was stopped from our side.', 'Nothing; it goes on with the next run.'),
  FENCED: transient('entity', 'Another runner has taken this work over.', 'Nothing; the other runner finishes it.'),
  PLUGIN_STALLED: transient(
    'entity',
    'A plugin gave no sign of life, or called its system without end, and was stopped.',
    'Nothing at first; it is tried again with growing pauses. If it lasts, report it to the author of the plugin.',
  ),
  STORE_UNAVAILABLE: transient(
    'run',
    'The store cannot be reached or is busy.',
    'Nothing at first; work goes on where it stopped once the store answers. If it lasts, look at the database server.',
  ),
  NOT_YET: transient(
    'record',
    'The system is not ready for this yet.',
    'Nothing; it is tried again, or when the order changes.',
  ),
  NOT_FOUND: system('record', 'The system does not know this id.', 'Check whether it was deleted there.'),
  CONFLICT: system(
    'record',
    'The thing has changed meanwhile or is being changed.',
    'Nothing at first; the newest state is read and the change is tried again.',
  ),
  REQUEST_REJECTED: system(
    'record',
    'The system refuses this change.',
    'Correct the record at its source; the message has the words of the system.',
  ),
  RECORD_INVALID: system(
    'record',
    'A record does not have the form we know.',
    'Look at the rejection, correct the source or update the plugin, then replay it.',
  ),
  WIRE_MISMATCH: system(
    'entity',
    'An answer does not have the form we know.',
    'Update the plugin; otherwise report it to its author with the path in the message.',
  ),
  SORT_NOT_HONOURED: system(
    'entity',
    'A list does not come in the order that was asked for.',
    'Nothing; the whole list is read instead, which takes longer.',
  ),
  ANSWER_TOO_LARGE: system('entity', 'An answer is larger than we accept.', 'Report it to the author of the plugin.'),
  UNSUPPORTED: system('record', 'The system offers no way to do this.', 'Do it by hand there; the message says where.'),
  CARRIER_UNKNOWN: system(
    'record',
    'The carrier is not known to the destination, and no rule says what to send instead.',
    'Add it to `carriers` of the connection.',
  ),
  TRACKING_INVALID: system(
    'record',
    'Tracking number or link is missing or malformed.',
    'Correct the shipment at its source.',
  ),
  SERIAL_INVALID: system(
    'record',
    'A serial number or IMEI is missing or malformed.',
    'Correct it at its source; it cannot be changed once the marketplace has it.',
  ),
  SKU_UNKNOWN: system(
    'record',
    'The destination has no offer with this SKU.',
    'Create the offer there, or map the SKU.',
  ),
  PRICE_INVALID: system(
    'record',
    'A price is missing, zero, in another currency or outside the bounds.',
    'Correct the price at its source, or the bounds.',
  ),
  ORDER_AMBIGUOUS: system(
    'record',
    'More than one order has this number.',
    'Give the key of the order (`connection/number`) instead.',
  ),
  RETURN_LINE_AMBIGUOUS: system(
    'record',
    'More than one line of the return fits, and the system cannot be told which is meant.',
    'Book this return by hand there; nothing was sent.',
  ),
  ORDER_UNKNOWN: system(
    'record',
    'No order with this number is known.',
    'Nothing if it is about to come; otherwise correct the number.',
  ),
  IN_DOUBT: system(
    'record',
    'A call had begun and nobody can tell whether it took effect.',
    'Look in the destination, then `kontor deliveries retry` or `skip`.',
  ),
  ALREADY_DIFFERENT: system(
    'record',
    'It was done before with other values, and cannot be changed.',
    'Compare both values; correct it by hand in the destination if needed.',
  ),
  PLAN_MODE: system('record', 'Only planned: the call was shown and not sent.', 'Run without `plan` to send it.'),
  INTERNAL: system('run', 'A mistake of ours.', 'Report it with the text of the message.'),
} as const satisfies Record<string, CodeFacts>

export type ErrorCode = keyof typeof errorCodes
