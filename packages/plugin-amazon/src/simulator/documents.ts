import { gzipSync } from 'node:zlib'
import { refuse, type Answer } from '@kontor/testkit/simulator'
import type { AmazonCall, AmazonScene, StoredDocument, World } from './world.ts'

/** What the storage behind presigned URLs answers when it refuses: XML, as S3 does. */
const storageError = (status: number, code: string, message: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  text: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
})

/** A URL for one document that needs no token, and lives for five minutes. */
export function presign(scene: AmazonScene, documentId: string, method: 'GET' | 'PUT'): string {
  const { world, random, clock, options, url } = scene
  const signature = random.hex(40)
  world.presigned.set(signature, { documentId, method, expiresAt: clock.now() + options.presignedMs })
  return `${url}/documents/${documentId}?X-Amz-Expires=300&X-Amz-Signature=${signature}`
}

export function newDocument({ world, random, clock }: AmazonScene, contentType: string): StoredDocument {
  const id = `amzn1.tortuga.4.eu.${random.uuid()}.${random.string(14, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789')}`
  const document: StoredDocument = {
    id,
    contentType,
    bytes: undefined,
    gzip: false,
    created: clock.now(),
    restricted: false,
  }
  world.documents.set(id, document)
  return document
}

/** A document to be downloaded; packed unless the switch `gzip` is off. */
export function storeResult(scene: AmazonScene, contentType: string, bytes: Buffer): StoredDocument {
  const document = newDocument(scene, contentType)
  document.gzip = scene.options.gzip
  document.bytes = scene.options.gzip ? gzipSync(bytes) : bytes
  return document
}

/** What was uploaded, as it is: Amazon unpacks nothing ("compressed file uploads are not currently supported", models#4907, 2026-05-18). */
export const contentOf = (world: World, documentId: string): Buffer | undefined =>
  world.documents.get(documentId)?.bytes

/** `PUT` of a presigned URL: the same content type as when the document was made, and no token of the API. */
export function upload(call: AmazonCall): Answer {
  const document = signedDocument(call, 'PUT')
  if (call.headers['content-type'] !== document.contentType)
    return storageError(403, 'SignatureDoesNotMatch', 'The content type is not the one that was signed.')
  document.bytes = Buffer.from(call.body)
  return { status: 200 }
}

export function download(call: AmazonCall): Answer {
  const { bytes, contentType } = signedDocument(call, 'GET')
  return bytes === undefined ? NO_SUCH_KEY : { headers: { 'content-type': contentType }, bytes }
}

const NO_SUCH_KEY = storageError(404, 'NoSuchKey', 'The specified key does not exist.')

function signedDocument({ world, query, headers, clock, path }: AmazonCall, method: 'GET' | 'PUT'): StoredDocument {
  if (headers['authorization'] !== undefined || headers['x-amz-access-token'] !== undefined)
    refuse(storageError(400, 'InvalidArgument', 'Only one auth mechanism allowed'))
  const signed = world.presigned.get(query.get('X-Amz-Signature') ?? '')
  if (signed === undefined || signed.method !== method || !path.endsWith(`/${signed.documentId}`))
    return refuse(storageError(403, 'SignatureDoesNotMatch', 'The signature does not match.'))
  if (signed.expiresAt <= clock.now()) refuse(storageError(403, 'AccessDenied', 'Request has expired'))
  return world.documents.get(signed.documentId) ?? refuse(NO_SUCH_KEY)
}
