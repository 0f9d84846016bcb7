/** A listed document → the entries of the IHE wire: one for each form, the original as transformation of the coded one. */

import { documentClass, type Rendition } from '#wire/ihe/document-classes.ts'
import type { DocumentMetadata } from '#wire/ihe/exchange.ts'
import type { ListedDocument, ListedForm } from '../border/border-service.ts'

export interface IheFrame {
  readonly country: string
  readonly homeCommunityId: string
  readonly repositoryId: string
  /** As the question named him. */
  readonly patient: string
}

export function documentMetadata(document: ListedDocument, frame: IheFrame): readonly DocumentMetadata[] {
  const coded = document.forms.find(({ form }) => form === 'structured')
  return document.forms.flatMap((form) => {
    const format = documentClass(document.classCode)?.[renditionOf(form)]
    return format ? [entryOf(document, form, format.code, form === coded ? undefined : coded?.id, frame)] : []
  })
}

/** Everything travels as CDA, level 1 around originals: the format code tells what is inside. */
function entryOf(
  document: ListedDocument,
  { id }: ListedForm,
  formatCode: string,
  transforms: string | undefined,
  { country, homeCommunityId, repositoryId, patient }: IheFrame,
): DocumentMetadata {
  const { author, authorSpecialty, prescription, reasonOfHospitalisation, serviceStart } = document
  const description = prescription?.product ?? document.description
  return {
    repositoryId,
    documentId: id,
    homeCommunityId,
    patient,
    classCode: document.classCode,
    formatCode,
    mimeType: 'text/xml',
    title: document.title,
    ...(description === undefined ? {} : { description }),
    created: document.created,
    ...(serviceStart === undefined ? {} : { serviceStart }),
    language: document.language,
    country,
    confidentiality: document.confidentiality,
    authors:
      author === '' ? [] : [{ person: author, specialties: authorSpecialty === undefined ? [] : [authorSpecialty] }],
    ...(prescription ? { prescription } : {}),
    ...(reasonOfHospitalisation ? { reasonOfHospitalisation } : {}),
    ...(transforms === undefined ? {} : { transforms }),
  }
}

function renditionOf({ form, mediaType }: ListedForm): Rendition {
  if (form === 'structured') return 'structured'
  if (mediaType === 'image/png') return 'png'
  return mediaType === 'image/jpeg' ? 'jpeg' : 'pdf'
}
