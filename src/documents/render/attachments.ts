/** Files inside a document (PDF, images): listed once, linked from where they stand. */
import { type Node, text } from '../fhir/node.ts'
import { type Build, say, sourceWords } from './build.ts'
import type { Inline } from './summary-view.ts'

const ENDINGS: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'text/plain': 'txt',
  'text/html': 'html',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/fhir+json': 'json',
  'application/dicom': 'dcm',
}

/** Notes an Attachment or Binary and gives a link to it. */
export function attach(build: Build, attachment: Node): Inline[] {
  const contentType = text(attachment.contentType)?.split(';')[0]?.trim() ?? 'application/octet-stream'
  const base64 = text(attachment.data)
  const url = text(attachment.url)
  const title = text(attachment.title)
  const number = build.attachments.length + 1
  const id = `file-${number}`
  const ending = ENDINGS[contentType] ?? 'bin'
  const shown = title === undefined ? say(build, 'summary.attachment', { number }) : sourceWords(build, title)
  build.attachments.push({
    id,
    title: [shown],
    contentType,
    ...(base64 === undefined ? {} : { base64: base64.replace(/\s+/g, '') }),
    ...(url === undefined ? {} : { url }),
    fileName: `document-${number}.${ending}`,
  })
  const words = typeof shown === 'string' ? shown : 'text' in shown ? shown.text : id
  return [
    {
      kind: 'link',
      href: `#${id}`,
      text: words,
      ...(title !== undefined && !build.sameLanguage ? { language: build.source } : {}),
    },
  ]
}
