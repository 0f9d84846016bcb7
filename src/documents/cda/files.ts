/** Files inside a document (PDF of level 1, pictures) → Binary with a DocumentReference that says what it is. */
import type { Binary, DocumentReference, Identifier } from 'fhir/r4'
import { addResource, newTrace, type Reading, type Trace } from './reading.ts'

export interface InnerFile {
  readonly identifier: readonly Identifier[]
  readonly contentType: string
  readonly base64?: string
  readonly url?: string | undefined
  readonly title?: string
  readonly language?: string
  readonly type?: DocumentReference['type']
}

/** Adds both resources; returns the reference to the DocumentReference. */
export function addFile(reading: Reading, trace: Trace, file: InnerFile): string {
  let url = file.url
  if (file.base64 !== undefined) {
    const binary: Binary = { resourceType: 'Binary', contentType: file.contentType, data: file.base64 }
    url = addResource(reading, binary, newTrace(trace.path))
  }
  const reference: DocumentReference = {
    resourceType: 'DocumentReference',
    identifier: [...file.identifier],
    status: 'current',
    type: file.type,
    subject: { reference: reading.patient },
    content: [
      {
        attachment: {
          contentType: file.contentType,
          url,
          title: file.title,
          language: file.language,
          size: file.base64 === undefined ? undefined : Buffer.byteLength(file.base64, 'base64'),
        },
      },
    ],
  }
  return addResource(reading, reference, trace)
}
