/** One document through the house: bytes → model → the form asked for, and its account. */

import type { Composition, Resource } from 'fhir/r4'
import { type NotWritten, writeCda } from '#documents/cda/write/index.ts'
import type { AccountReport } from '#documents/model/account.ts'
import type { ClinicalDocument } from '#documents/model/clinical-document.ts'
import { readDocument } from '#documents/read.ts'
import { renderPage } from '#documents/render/page.ts'
import { accountReport, type Reader, type SummaryView, summaryView } from '#documents/render/view.ts'
import { failed, ok, type Result } from '#platform/result/result.ts'
import type { Form } from '../commands/convert.ts'

/** The account; of a written CDA document also what CDA has no place of its own for, and where it stands instead. */
export interface Report extends AccountReport {
  readonly notWritten?: readonly NotWritten[]
}

export interface Converted {
  readonly bytes: Uint8Array
  readonly report: Report
  /** A sentence when the document is of another kind than a patient summary. */
  readonly note?: string
}

/** The ending that a form adds to the name of its source. */
export const ENDING: Readonly<Record<Form, string>> = {
  cda: '.xml',
  fhir: '.json',
  html: '.html',
  pdf: '.pdf',
  text: '.txt',
}

/** Converts one document; fails only when the input is not a clinical document that can be read. */
export async function convertOne(
  bytes: Uint8Array,
  file: string,
  form: Form,
  reader: Reader,
): Promise<Result<Converted>> {
  const read = readDocument(bytes, { file, terminology: reader.terminology })
  if (!read.ok) return read
  const view = summaryView(read.value, reader)
  const report = accountReport(read.value, view)
  const note = noteOf(read.value, file)
  const beside = note === undefined ? {} : { note }
  if (form !== 'cda') return ok({ bytes: await written(read.value, view, form), report, ...beside })
  const cda = writeCda(read.value, { terminology: reader.terminology })
  if (!cda.ok) return failed(cda.problem.code, cda.problem.sentence, cda.problem.next, { file })
  const { xml, notWritten } = cda.value
  return ok({ bytes: Buffer.from(xml), report: { ...report, notWritten }, ...beside })
}

async function written(document: ClinicalDocument, view: SummaryView, form: Exclude<Form, 'cda'>): Promise<Uint8Array> {
  switch (form) {
    case 'fhir':
      return Buffer.from(`${JSON.stringify(document.bundle, null, 2)}\n`)
    case 'html':
      return Buffer.from(String(renderPage(view)))
    case 'pdf':
      return (await import('#documents/render/pdf.ts')).renderPdf(view)
    case 'text':
      return Buffer.from((await import('#documents/render/text.ts')).renderText(view))
  }
}

/** Says what a document is that is no patient summary: it is read statement by statement, without a summary's sections. */
function noteOf(document: ClinicalDocument, file: string): string | undefined {
  if (document.kind === 'patient-summary') return undefined
  const type = document.bundle.entry?.map(({ resource }) => resource).find(isComposition)?.type.coding?.[0]
  const what = [type?.display, type?.code].filter((part) => part !== undefined).join(', ')
  return `${file}: This is no patient summary${what === '' ? '' : ` (${what})`}; it is shown as it is written.`
}

function isComposition(resource: Resource | undefined): resource is Composition {
  return resource?.resourceType === 'Composition'
}
