/** ITI-38, the answer: which documents there are (IHE ITI TF-2 3.38.4.2, eHDSI XCA profile). */
import { failed, ok, type Result } from '#platform/result/result.ts'
import { attribute, child, children } from '#platform/xml/access.ts'
import type { XmlElement } from '#platform/xml/tree.ts'
import { readWireCode } from '../../errors/ehdsi-errors.ts'
import { groupOf } from '../document-classes.ts'
import type { DocumentMetadata, IheError, IheProfile, QueryAnswer } from '../exchange.ts'
import {
  HASH_OF_NOTHING,
  readDocumentEntry,
  type WrittenEntry,
  writeDocumentEntry,
} from '../registry/document-entry.ts'
import { association } from '../registry/registry-object.ts'
import { type RegistryStatus, readErrors, readStatus, statusUri, writeErrors } from '../registry/registry-response.ts'
import { QUERY, RIM, RS, TRANSFORMS } from '../registry/schemes.ts'

/** @param newId a new UUID at each call */
export function writeQueryResponse(answer: QueryAnswer, profile: IheProfile, newId: () => string): string {
  const entries = answer.documents.map((metadata) => writeDocumentEntry(sized(metadata, profile), profile, newId))
  const objects = [...entries.map(({ xml }) => xml), ...writeAssociations(answer.documents, entries, profile, newId)]
  // The list stands there even when it is empty: the schema wants it.
  return `<query:AdhocQueryResponse xmlns:query="${QUERY}" xmlns:rs="${RS}" xmlns="${RIM}" status="${statusUri(statusOf(answer, profile))}">${writeErrors(answer.errors, profile)}<RegistryObjectList>${objects.join('')}</RegistryObjectList></query:AdhocQueryResponse>`
}

/** The reference implementation expects size and hash of documents that do not exist yet, too. */
function sized(metadata: DocumentMetadata, profile: IheProfile): DocumentMetadata {
  const onDemand = metadata.size === undefined && metadata.hash === undefined
  return profile === 'openncp' && onDemand ? { ...metadata, size: 0, hash: HASH_OF_NOTHING } : metadata
}

/** That nothing was found is a success with a warning; of prescriptions the reference implementation calls it a failure. */
function statusOf({ documents, errors, status }: QueryAnswer, profile: IheProfile): RegistryStatus {
  const nothing = documents.length === 0 && errors.length > 0 && errors.every(({ severity }) => severity === 'warning')
  if (!nothing) return status
  const prescriptions = errors.some(({ code }) => readWireCode(code) === 'ERROR_EP_NOT_FOUND')
  return profile === 'openncp' && prescriptions ? 'failure' : 'success'
}

function writeAssociations(
  documents: readonly DocumentMetadata[],
  entries: readonly WrittenEntry[],
  profile: IheProfile,
  newId: () => string,
): string[] {
  const ids = new Map(documents.map(({ documentId }, at) => [documentId, entries[at]?.id]))
  return documents.flatMap(({ documentId, transforms, classCode }) => {
    // The reference implementation joins an original document to itself, and its clients look for that.
    const self = profile === 'openncp' && groupOf(classCode) === 'ORCD' ? documentId : undefined
    const target = ids.get(transforms ?? self ?? '')
    const source = ids.get(documentId)
    return source === undefined || target === undefined ? [] : [association(TRANSFORMS, source, target, newId())]
  })
}

export type QueryResponseProblemCode = 'query-response-malformed'

export function readQueryResponse(body: XmlElement): Result<QueryAnswer, QueryResponseProblemCode> {
  const status = readStatus(body)
  if (body.name !== 'AdhocQueryResponse' || body.namespace !== QUERY || status === undefined) {
    return failed(
      'query-response-malformed',
      'The answer is not an AdhocQueryResponse with a status.',
      'Tell the operator of that national contact point.',
    )
  }
  const list = child(body, 'RegistryObjectList', RIM)
  const entries = children(list, 'ExtrinsicObject', RIM).map((object) => ({
    id: attribute(object, 'id')?.trim() ?? '',
    metadata: readDocumentEntry(object),
  }))
  const transforms = readTransforms(list, entries)
  const documents = entries.flatMap(({ id, metadata }) => {
    const target = transforms.get(id)
    if (metadata === undefined) return []
    return [target === undefined ? metadata : { ...metadata, transforms: target }]
  })
  const errors = readErrors(body, status)
  if (documents.length === entries.length) return ok({ documents, errors, status })
  return ok({ documents, errors: [...errors, UNREADABLE], status: status === 'success' ? 'partial' : status })
}

/** A document that is left out of the list is said to be. */
const UNREADABLE: IheError = {
  code: 'WARNING_GENERIC',
  severity: 'warning',
  text: 'The list has entries that name no document, no patient or no class; they are left out.',
}

interface ReadEntry {
  readonly id: string
  readonly metadata: DocumentMetadata | undefined
}

/** Id of the entry → unique id of the document that it is a transformation of; one of itself says nothing. */
function readTransforms(list: XmlElement | undefined, entries: readonly ReadEntry[]): ReadonlyMap<string, string> {
  const documents = new Map(entries.map(({ id, metadata }) => [id, metadata?.documentId]))
  const transforms = new Map<string, string>()
  for (const one of children(list, 'Association', RIM)) {
    const [source, target] = [attribute(one, 'sourceObject')?.trim(), attribute(one, 'targetObject')?.trim()]
    const document = documents.get(target ?? '')
    const isTransform = attribute(one, 'associationType')?.trim().endsWith(':XFRM')
    if (isTransform && source !== undefined && source !== target && document !== undefined) {
      transforms.set(source, document)
    }
  }
  return transforms
}
