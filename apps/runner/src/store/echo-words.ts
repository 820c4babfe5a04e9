/** How the reason of a record begins that waits because it may be our own writing. */
export const echoReason = 'may be our own: '
/** And of one that only a person can tell. */
export const echoQuestion = `${echoReason}say which`
