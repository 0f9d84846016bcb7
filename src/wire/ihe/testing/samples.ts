/** Messages of other programs as the readers of a transaction get them: whole ones through SOAP, bare bodies as they are. */
import { readFileSync } from 'node:fs'
import { parseXml } from '#platform/xml/parse.ts'
import { corpusFiles } from '#platform/xml/testing/corpus.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import type { ContentOf } from '../soap/attachments.ts'
import { readMessage } from '../soap/message.ts'
import { inlineContent } from './inline-content.ts'

export interface Sample {
  readonly text: string
  readonly body: XmlElement
  readonly content: ContentOf
}

/** @param name of a file of the corpus below `openncp/xca` or `openncp/xdr`, without its ending */
export function sample(name: string): Sample {
  const [file] = corpusFiles(`openncp/{xca,xdr}/{wire,nordic}/${name}.xml`)
  if (file === undefined) throw new Error(`the corpus has no ${name}`)
  return sampleOf(readFileSync(file, 'utf8'))
}

const ASSERTION = '<saml2:Assertion xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion"/>'

/** Templates are filled first. */
export function sampleOf(template: string): Sample {
  const text = template.replace('{{message-id}}', 'urn:uuid:1').replace(/\{\{[\w-]+\|safe\}\}/g, ASSERTION)
  if (text.includes('Envelope>')) {
    const message = readMessage('application/soap+xml; charset=UTF-8', Buffer.from(text))
    if (!message.ok) throw new Error(message.problem.sentence)
    const { body, content } = message.value
    return { text, body, content }
  }
  const read = parseXml(Buffer.from(text))
  if (!read.ok) throw new Error(read.problem.sentence)
  return { text, body: read.value.root, content: inlineContent }
}
