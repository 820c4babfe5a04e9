import { definePlugin, KontorError } from '@kontor/core'
import { z } from 'zod'

/** A system that hands its credentials out as a file. */
export const vault = definePlugin({
  id: 'vault',
  title: 'Test vault',
  apiVersion: 1,
  description: 'A system that hands its credentials out as a file.',
  config: z.strictObject({}),
  credentials: {
    kind: 'file',
    schema: z.strictObject({ key: z.string() }),
    guide: { en: 'Download the file.', de: 'Die Datei herunterladen.' },
    parse(text) {
      const key = /^KEY: (.+)$/m.exec(text)?.[1]
      if (key === undefined)
        throw new KontorError('SECRET_MALFORMED', {
          message: 'The file has no line that begins with "KEY:". Download it again.',
        })
      return { key }
    },
    authorize: ({ key }) => ({ headers: { 'x-key': key } }),
  },
  readers: { orders: { yields: ['orders'], checkpoint: z.object({}) } },
  writers: {},
  create: () => ({ check: async () => ({ problems: [] }), readers: { orders: { async *read() {} } }, writers: {} }),
})
export default vault
