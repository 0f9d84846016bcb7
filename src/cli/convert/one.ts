/** One document through the house: bytes → model → the form asked for, and its account. */

import type { AccountReport } from '#documents/model/account.ts'
import { readDocument } from '#documents/read.ts'
import { renderPage } from '#documents/render/page.ts'
import { accountReport, type Reader, summaryView } from '#documents/render/view.ts'
import { ok, type Result } from '#platform/result/result.ts'
import type { Form } from '../commands/convert.ts'

export interface Converted {
  readonly bytes: Uint8Array
  readonly report: AccountReport
}

/** The ending that a form adds to the name of its source. */
export const ENDING: Readonly<Record<Form, string>> = { fhir: '.json', html: '.html', pdf: '.pdf', text: '.txt' }

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
  switch (form) {
    case 'fhir':
      return ok({ bytes: Buffer.from(`${JSON.stringify(read.value.bundle, null, 2)}\n`), report })
    case 'html':
      return ok({ bytes: Buffer.from(String(renderPage(view))), report })
    case 'pdf':
      return ok({ bytes: await (await import('#documents/render/pdf.ts')).renderPdf(view), report })
    case 'text':
      return ok({ bytes: Buffer.from((await import('#documents/render/text.ts')).renderText(view)), report })
  }
}
