import { createHash } from 'node:crypto'
import { KontorError, type FileRef, type Files } from '@kontor/core'

const bytesOf = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(`%PDF-1.4\n% ${name}\n%%EOF\n`))

/** A PDF made of its name alone: every process of a test has the same one, without passing it on. */
export function sampleFile(name: string): FileRef {
  const bytes = bytesOf(name)
  return {
    name,
    mediaType: 'application/pdf',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    size: bytes.length,
  }
}

/** Opens the files that {@link sampleFile} names. */
export const sampleFiles: Files = {
  open: (file) =>
    sampleFile(file.name).sha256 === file.sha256
      ? Promise.resolve(bytesOf(file.name))
      : Promise.reject(new KontorError('NOT_FOUND', { message: `There is no file ${file.name}.` })),
}
