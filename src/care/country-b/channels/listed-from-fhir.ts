/** A DocumentReference of another country → an entry of the list, the same for both wires. */
import { FHIR_JSON } from '#wire/fhir/outcome.ts'
import type { RemoteContent, RemoteDocument } from '#wire/fhir/remote-resources.ts'
import type { Form, ListedDocument, ListedForm } from '../../border/border-service.ts'

const XML = ['text/xml', 'application/xml', 'application/hl7-cda+xml', 'application/hl7-sda+xml']

/** Forms are named by their path below the base of the API; contents of no known type are not offered. */
export function listedDocument(remote: RemoteDocument, base: string): ListedDocument {
  const { id, type, title, date, author, contents, masterIdentifier, facts, patients, confidentiality } = remote
  return {
    id,
    ...(masterIdentifier === undefined ? {} : { name: masterIdentifier }),
    classCode: type,
    title,
    created: date,
    author,
    language: contents.find(({ language }) => language !== undefined)?.language ?? '',
    confidentiality,
    ...(patients.length > 0 ? { patients } : {}),
    ...facts,
    forms: contents.flatMap((content) => {
      const form = formOf(content.contentType)
      return form ? [listedForm(form, content, base)] : []
    }),
  }
}

function formOf(contentType: string): Form | undefined {
  if (contentType === FHIR_JSON) return 'structured'
  if (contentType === 'application/pdf') return 'pdf'
  if (contentType === 'image/png' || contentType === 'image/jpeg') return 'image'
  return XML.includes(contentType) ? 'source' : undefined
}

function listedForm(form: Form, content: RemoteContent, base: string): ListedForm {
  const { contentType: mediaType, url, data, size, sha256, sha1 } = content
  // SHA-1 is base64 in FHIR R4; SHA-256, where the peer gives it, says more.
  const hash = sha256 ?? (sha1 === undefined ? undefined : Buffer.from(sha1, 'base64').toString('hex'))
  return {
    form,
    id: url === undefined ? '' : url.slice(base.length + 1),
    mediaType,
    ...(size === undefined ? {} : { size }),
    ...(hash === undefined ? {} : { hash }),
    ...(data === undefined ? {} : { inline: data }),
  }
}
