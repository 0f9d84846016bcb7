/** National documents → documents in the eyes of the reader. The renditions of one document stand under one entry. */
import type { NationalDocument } from '#national/connector.ts'

/** One document in the eyes of the reader, with the national files that it can be given from. */
export interface NationalEntry {
  /** Names the entry; its metadata are shown. */
  readonly main: NationalDocument
  /** What the FHIR document is made from. */
  readonly structured?: NationalDocument
  /** Where the original PDF is: a PDF, or CDA level 1 with a PDF inside. */
  readonly pdf?: NationalDocument
  /** PNG or JPEG, or CDA level 1 with one inside. */
  readonly image?: NationalDocument
  /** The national CDA, given as it is. */
  readonly source?: NationalDocument
}

/**
 * Groups a structured document with the originals that name it (or that it names): a PDF, or level 1 with a PDF inside.
 * What belongs to no structured document stands alone. Newest first.
 */
export function groupEntries(documents: readonly NationalDocument[]): readonly NationalEntry[] {
  const originals = documents.filter(isOriginal)
  const taken = new Set<string>()
  const entries: NationalEntry[] = []
  for (const main of documents.filter((document) => !isOriginal(document))) {
    if (isImage(main)) {
      entries.push({ main, image: main, ...(main.format === 'cda-l1' ? { structured: main, source: main } : {}) })
      continue
    }
    const own = originals.filter(
      (other) => !taken.has(other.id) && (other.related === main.id || main.related === other.id),
    )
    for (const { id } of own) taken.add(id)
    const pdf = own.find(({ format }) => format === 'pdf') ?? own[0]
    entries.push({
      main,
      structured: main,
      ...(pdf ? { pdf } : {}),
      ...(main.format === 'cda-l3' ? { source: main } : {}),
    })
  }
  for (const alone of originals.filter(({ id, format }) => !taken.has(id) && format === 'cda-l1')) {
    const pdf = originals.find(({ id, related, format }) => format === 'pdf' && related === alone.id && !taken.has(id))
    for (const { id } of [alone, ...(pdf ? [pdf] : [])]) taken.add(id)
    entries.push({ main: alone, structured: alone, pdf: pdf ?? alone, source: alone })
  }
  for (const alone of originals.filter(({ id }) => !taken.has(id))) entries.push({ main: alone, pdf: alone })
  return entries.sort((left, right) => Date.parse(right.main.effectiveTime) - Date.parse(left.main.effectiveTime))
}

function isOriginal(document: NationalDocument): boolean {
  return (document.format === 'cda-l1' || document.format === 'pdf') && !isImage(document)
}

/** A picture is no rendition of something else: it is the document. */
function isImage({ format, content = 'pdf' }: NationalDocument): boolean {
  return format === 'png' || format === 'jpeg' || (format === 'cda-l1' && content !== 'pdf')
}
