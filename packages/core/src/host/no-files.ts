import { KontorError } from '../errors/index.ts'
import type { Files } from '../contract/index.ts'

/** Outside of a runner nobody knows where the files of records lie. */
export const noFiles: Files = {
  open: ({ name }) =>
    Promise.reject(
      new KontorError('UNSUPPORTED', {
        message: `The file ${name} cannot be opened: this program does not say where the files of records lie. Pass \`Files\` in \`overrides\`.`,
      }),
    ),
}
