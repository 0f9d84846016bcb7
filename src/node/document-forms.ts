/** What a node does with documents, with the terminology that is in use at that moment. */
import { cdaForms, type Printing } from '#care/country-a/cda-forms.ts'
import type { CdaForms } from '#care/country-a/render-document.ts'
import { writeCda } from '#documents/cda/write/write-cda.ts'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { readDocument } from '#documents/read.ts'
import { transcode } from '#documents/transcode/transcode.ts'
import { ok, type Result } from '#platform/result/result.ts'
import type { TerminologyCatalogue } from '#terminology/terminology.ts'

export interface DocumentForms {
  readDocument(bytes: Uint8Array): Result<ClinicalDocument>
  /** National codes → European codes. */
  transcode(document: ClinicalDocument): ClinicalDocument
  /** The model → CDA of the pivot, as bytes. */
  cdaOf(document: ClinicalDocument): Result<Uint8Array>
  readonly cda: CdaForms
}

/**
 * @param terminology asked anew each time, so that a new release counts from the next document on
 * @param printing how coded reports without an original become PDF, where they have to travel as that
 */
export function documentForms(terminology: () => TerminologyCatalogue, printing?: Printing): DocumentForms {
  return {
    readDocument: (bytes) => readDocument(bytes, { terminology: terminology() }),
    transcode: (document) => transcode(document, terminology()),
    cdaOf(document) {
      const written = writeCda(document, { terminology: terminology() })
      return written.ok ? ok(new TextEncoder().encode(written.value.xml)) : written
    },
    cda: cdaForms(terminology, printing),
  }
}
