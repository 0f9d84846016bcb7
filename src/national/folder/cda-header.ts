/** Reads the header of a CDA document (CDA R2; eHDSI PS headers) into what a document list shows. */
import { attribute, child, children, descend, words } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { readCdaPrescription } from './cda-prescription.ts'
import { type DocumentHeader, documentIdentifier } from './document-header.ts'

const CDA = 'urn:hl7-org:v3'

/** Undefined when the element is not a ClinicalDocument, has no id, or names no patient. */
export function readCdaHeader(root: XmlElement): DocumentHeader | undefined {
  if (root.name !== 'ClinicalDocument' || root.namespace !== CDA) return undefined
  const id = instanceIdentifier(child(root, 'id'))
  const body = descend(root, 'component', 'nonXMLBody')
  const content = body && contentOf(descend(body, 'text'))
  const prescription = readCdaPrescription(root)
  const patients = children(descend(root, 'recordTarget', 'patientRole'), 'id').flatMap((element) => {
    const held = instanceIdentifier(element)
    return held?.extension ? [`urn:oid:${held.root}|${held.extension}`] : []
  })
  if (id === undefined || patients.length === 0) return undefined
  return {
    id: documentIdentifier(id.root, id.extension),
    patients,
    classCode: attribute(child(root, 'code'), 'code') ?? '',
    title: words(child(root, 'title')) || (attribute(child(root, 'code'), 'displayName') ?? ''),
    effectiveTime: isoTime(attribute(child(root, 'effectiveTime'), 'value') ?? ''),
    author: author(child(root, 'author')),
    language: attribute(child(root, 'languageCode'), 'code') ?? 'und',
    format: body ? 'cda-l1' : 'cda-l3',
    ...(content === undefined ? {} : { content }),
    ...(prescription ? { prescription } : {}),
    confidentiality: attribute(child(root, 'confidentialityCode'), 'code') ?? 'N',
    transforms: transformedFrom(root),
  }
}

/** CDA R2 §4.3.1.1: the media type of an embedded original. */
function contentOf(element: XmlElement | undefined): DocumentHeader['content'] {
  const mediaType = attribute(element, 'mediaType')
  return mediaType === 'image/png' ? 'png' : mediaType === 'image/jpeg' ? 'jpeg' : 'pdf'
}

function instanceIdentifier(element: XmlElement | undefined): { root: string; extension: string } | undefined {
  const root = attribute(element, 'root')
  return root ? { root, extension: attribute(element, 'extension') ?? '' } : undefined
}

/** eHDSI: L3 and L1 of one summary name each other with `relatedDocument typeCode=XFRM`. */
function transformedFrom(root: XmlElement): readonly string[] {
  return children(root, 'relatedDocument')
    .filter((related) => attribute(related, 'typeCode') === 'XFRM')
    .flatMap((related) => children(child(related, 'parentDocument'), 'id'))
    .flatMap((element) => {
      const held = instanceIdentifier(element)
      return held ? [documentIdentifier(held.root, held.extension)] : []
    })
}

/** The person and the organisation, `Dra. Inês Carvalho, USF Mondego`; the device's name when no person wrote. */
function author(element: XmlElement | undefined): string {
  const assigned = child(element, 'assignedAuthor')
  const name = descend(assigned, 'assignedPerson', 'name')
  const person = name ? personName(name) : words(descend(assigned, 'assignedAuthoringDevice', 'softwareName'))
  const organisation = words(descend(assigned, 'representedOrganization', 'name'))
  return [person, organisation].filter((part) => part !== '').join(', ')
}

function personName(name: XmlElement): string {
  const parts = ['prefix', 'given', 'family', 'suffix'].flatMap((part) => children(name, part).map(words))
  return parts.length > 0 ? parts.filter((part) => part !== '').join(' ') : words(name)
}

/** HL7 TS `YYYYMMDDHHMMSS.UUUU±ZZzz`, as precise as it is, to ISO 8601. What is not a TS comes back empty. */
export function isoTime(value: string): string {
  const found = /^(\d{4})(\d{2})?(\d{2})?(?:(\d{2})(\d{2})?(\d{2})?(?:\.\d+)?)?([+-]\d{2}:?\d{2})?$/.exec(value.trim())
  if (!found) return ''
  const [, year, month, day, hour, minute, second, zone] = found
  const date = [year, month, day].filter((part) => part !== undefined).join('-')
  if (hour === undefined) return date
  const offset = zone ? zone.replace(/(\d{2}):?(\d{2})$/, '$1:$2') : ''
  return `${date}T${hour}:${minute ?? '00'}:${second ?? '00'}${offset}`
}
