/** Messages to start from: of other programs when the corpus is there, and of our own with every shape that we read. */
import { readFileSync } from 'node:fs'
import { corpusFiles } from '#platform/xml/testing/corpus.ts'
import { SOAP_NAMESPACE } from '../soap/envelope.ts'
import { collectAttachments, type OutgoingMessage, writeMessage } from '../soap/write-message.ts'

export interface WireMessage {
  readonly contentType: string
  readonly body: Uint8Array
}

/** UUIDs that are the same at each run. */
export function countingIds(): () => string {
  let count = 0
  return () => {
    count += 1
    return `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`
  }
}

/** A message with two documents: one as a part, and one that nobody names. */
export function messageWithParts(bytes: Uint8Array = Buffer.from('<ClinicalDocument/>\r\n--')): OutgoingMessage {
  const newId = countingIds()
  const attachments = collectAttachments(newId)
  const body = `<x:Request xmlns:x="urn:x"><x:Document id="1">${attachments.attach(bytes)}</x:Document><x:Document id="2">PGEvPg==</x:Document></x:Request>`
  attachments.attach(Buffer.from('unnamed'))
  const addressing = { action: 'urn:x:Request', messageId: 'urn:uuid:1', to: 'https://a.example/x' }
  return writeMessage({ addressing, assertions: ['<a:Assertion xmlns:a="urn:a"/>'], body, attachments }, newId)
}

const SOAP = 'application/soap+xml; charset=UTF-8'

/** Bare bodies of the corpus put into an envelope, templates as they are. */
export function corpusMessages(): readonly WireMessage[] {
  return corpusFiles('openncp/{xcpd,xca,xdr}/{wire,nordic}/*.xml').map((file) => {
    const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
    const whole = text.includes('Envelope')
      ? text
      : `<e:Envelope xmlns:e="${SOAP_NAMESPACE}"><e:Body>${text.replace(/^\s*<\?xml[^>]*\?>/, '')}</e:Body></e:Envelope>`
    return { contentType: SOAP, body: Buffer.from(whole) }
  })
}

export function ownMessages(): readonly WireMessage[] {
  const plain = `<e:Envelope xmlns:e="${SOAP_NAMESPACE}"><e:Body><x xmlns="urn:x">1</x></e:Body></e:Envelope>`
  return [messageWithParts(), { contentType: SOAP, body: Buffer.from(plain) }]
}
